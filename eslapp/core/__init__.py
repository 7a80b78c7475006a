"""The pure domain: what a contact centre is and how it decides. Standard library only, no clock, no I/O."""

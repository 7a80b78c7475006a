"""What happens to recorded media: where it lies, whether it is whole, what was said, and how prompts speak."""

"""Speech to text of recordings: worker processes with one engine and model each, behind one unix socket.

``python -m recordings.transcribe --socket PATH`` is the process, ``client.TranscriberClient`` is how to ask it.
"""

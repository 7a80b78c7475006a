"""The scripted switch of tests/esl and the flows of tests/ivr are used here too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "esl"))
sys.path.insert(0, str(Path(__file__).parents[1] / "ivr"))

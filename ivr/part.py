"""What all models of ``site.yaml`` share. Not here: the models (``site``, ``routing_settings``)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .fields import Whole

Level = Annotated[Whole, Field(ge=1, le=10)]


class Part(BaseModel):
    """Base of the parts of ``site.yaml``: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

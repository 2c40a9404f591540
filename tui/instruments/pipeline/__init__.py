"""A task on a text through a pipeline, stage by stage."""

from tui.instruments.instrument import Instrument
from tui.instruments.pipeline.compute import PipelineResult, code, run
from tui.instruments.pipeline.spec import PipelineSpec

INSTRUMENT = Instrument(
    "pipeline",
    PipelineSpec,
    run,
    PipelineResult,
    code,
    view="tui.instruments.pipeline.view:PipelinePane",
    lines="tui.instruments.pipeline.lines:answer_lines",
    example={"text": "I've been waiting for a HuggingFace course my whole life."},
    tasks=lambda spec: (spec.task,),
)

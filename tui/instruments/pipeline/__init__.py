"""A task on a text through transformers.pipeline, stage by stage."""

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
    tasks=lambda spec: (spec.task,),
)

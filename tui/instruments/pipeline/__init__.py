"""A task on a text through transformers.pipeline, stage by stage."""

from tui.instruments.instrument import Instrument
from tui.instruments.pipeline.compute import PipelineResult, PipelineSpec, code, run

INSTRUMENT = Instrument(
    "pipeline",
    "A task on a text through transformers.pipeline, stage by stage",
    PipelineSpec,
    run,
    PipelineResult,
    code,
    view="tui.instruments.pipeline.view:PipelinePane",
)

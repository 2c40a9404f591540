"""Code as it was written from 2020 on, for the tests of `upgrade`. {sentiment} and the like are folders of models."""

from __future__ import annotations

from dataclasses import dataclass

TOKENIZER = "from transformers import AutoTokenizer\n\ntokenizer = AutoTokenizer.from_pretrained('{sentiment}')\n"


@dataclass(frozen=True)
class Snippet:
    """Old code, the changes that it needs, and whether the new code runs here to its end."""

    name: str
    code: str
    removals: tuple[str, ...]
    new: tuple[str, ...] = ()
    """What the new code contains."""
    runs: bool = True


def arguments(text: str) -> str:
    return f"from transformers import TrainingArguments\n\nargs = TrainingArguments('out', {text})\n"


SNIPPETS = [
    Snippet(
        "evaluation strategy", arguments("evaluation_strategy='epoch'"), ("eval-strategy",), ("eval_strategy='epoch'",)
    ),
    Snippet("warm-up ratio", arguments("warmup_ratio=0.1"), ("warmup-ratio",), ("warmup_steps=0.1",)),
    Snippet(
        "warm-up twice",
        arguments("warmup_ratio=0.1, warmup_steps=500"),
        ("warmup-ratio",),
        ("TrainingArguments('out', warmup_steps=500)",),
    ),
    Snippet(
        "overwriting", arguments("overwrite_output_dir=True"), ("overwrite-output-dir",), ("TrainingArguments('out')",)
    ),
    Snippet("logging folder", arguments("logging_dir='./logs', seed=1"), ("logging-dir",), ("('out', seed=1)",)),
    Snippet("safetensors", arguments("save_safetensors=False"), ("save-safetensors",)),
    Snippet("no cuda", arguments("no_cuda=True"), ("no-cuda",), ("use_cpu=True",)),
    Snippet("a Mac", arguments("use_mps_device=True"), ("mps-device",)),
    Snippet(
        "lengths",
        arguments("group_by_length=True"),
        ("group-by-length",),
        ('train_sampling_strategy="group_by_length"',),
    ),
    Snippet("lengths off", arguments("group_by_length=False"), ("group-by-length",), ("TrainingArguments('out')",)),
    Snippet(
        "per GPU",
        arguments("per_gpu_train_batch_size=8, per_gpu_eval_batch_size=8"),
        ("per-gpu-batch", "per-gpu-batch"),
        ("per_device_train_batch_size=8", "per_device_eval_batch_size=8"),
    ),
    Snippet("apex", arguments("fp16_backend='amp'"), ("fp16-backend",)),
    Snippet("hub token", arguments("push_to_hub_token='hf_x'"), ("hub-token",), ("hub_token='hf_x'",)),
    Snippet("hub id", arguments("push_to_hub_model_id='me/model'"), ("hub-model-id",), ("hub_model_id='me/model'",)),
    Snippet(
        "many lines",
        "from transformers import TrainingArguments\n\nargs = TrainingArguments(\n    'out',\n"
        "    evaluation_strategy='epoch',  # each epoch\n    no_cuda=True,\n    save_strategy='epoch',\n)\n",
        ("eval-strategy", "no-cuda"),
        ("    eval_strategy='epoch',  # each epoch\n    use_cpu=True,\n    save_strategy='epoch',\n)",),
    ),
    Snippet(
        "trainer's tokenizer",
        "from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments\n\n"
        "tokenizer = AutoTokenizer.from_pretrained('{sentiment}')\n"
        "model = AutoModelForSequenceClassification.from_pretrained('{sentiment}')\n"
        "trainer = Trainer(model, TrainingArguments('out', report_to='none'), tokenizer=tokenizer)\n",
        ("processing-class",),
        ("processing_class=tokenizer",),
    ),
    Snippet(
        "callback",
        "from transformers import PushToHubCallback\n",
        ("keras-callback",),
        runs=False,
    ),
    Snippet(
        "question answering",
        "from transformers import pipeline\n\nqa = pipeline('question-answering', model='{question-answering}')\n"
        "print(qa(question='Who lives in Paris?', context='Anna lives in Paris.')['answer'])\n",
        ("removed-pipeline",),
        ("restored_pipeline('question-answering'",),
    ),
    Snippet(
        "summaries",
        "from transformers import pipeline\n\nprint(pipeline(task='summarization', model='{summarization}').task)\n",
        ("removed-pipeline",),
    ),
    Snippet(
        "translation",
        "from transformers import pipeline\n\n"
        "print(pipeline('translation_en_to_fr', model='{translation-en-fr}').task)\n",
        ("removed-pipeline",),
    ),
    Snippet(
        "two pipelines",
        "from transformers import pipeline\n\nclassifier = pipeline('sentiment-analysis', model='{sentiment}')\n"
        "summarizer = pipeline('summarization', model='{summarization}')\n",
        ("removed-pipeline",),
        ("from transformers import pipeline", "= pipeline('sentiment-analysis'", "= restored_pipeline('summarization'"),
    ),
    Snippet(
        "grouped entities",
        "from transformers import pipeline\n\n"
        "ner = pipeline('ner', model='{token-classification}', grouped_entities=True)\n"
        "print(ner('My name is Sylvain.'))\n",
        ("grouped-entities",),
        ('aggregation_strategy="simple"',),
    ),
    Snippet(
        "all scores",
        "from transformers import pipeline\n\n"
        "c = pipeline('text-classification', model='{sentiment}', return_all_scores=True)\n"
        "print(len(c('fine')))\n",
        ("all-scores",),
        ("top_k=None",),
    ),
    Snippet(
        "TensorFlow's class",
        "from transformers import TFAutoModelForSequenceClassification\n\n"
        "model = TFAutoModelForSequenceClassification.from_pretrained('{sentiment}')\n",
        ("tensorflow",),
        ("from transformers import AutoModelForSequenceClassification\n", "= AutoModelForSequenceClassification.from"),
    ),
    Snippet(
        "TensorFlow's class by its module",
        "import transformers\n\nmodel = transformers.TFAutoModel.from_pretrained('{sentiment}')\n",
        ("tensorflow",),
        ("AutoModel.from_pretrained",),
    ),
    Snippet(
        "Flax", "from transformers import FlaxBertModel\n", ("tensorflow",), ("from transformers import BertModel",)
    ),
    Snippet(
        "TensorFlow's tensors",
        TOKENIZER + "print(tokenizer('a', return_tensors='tf')['input_ids'].shape)\n",
        ("tensorflow-tensors",),
        ("return_tensors='pt'",),
    ),
    Snippet(
        "any head",
        "from transformers import AutoModelWithLMHead as Head\n",
        ("lm-head",),
        ("AutoModelForCausalLM as Head",),
    ),
    Snippet(
        "AdamW",
        "import torch\nfrom transformers import AdamW, get_scheduler\n\n"
        "optimizer = AdamW(torch.nn.Linear(1, 1).parameters(), lr=5e-5, correct_bias=False)\n",
        ("adamw", "correct-bias"),
        ("from torch.optim import AdamW", "from transformers import get_scheduler", "lr=5e-5)"),
    ),
    Snippet(
        "eight bits",
        "from transformers import AutoModel\n\nmodel = AutoModel.from_pretrained('gpt2', load_in_8bit=True)\n",
        ("quantization",),
        ("quantization_config=BitsAndBytesConfig(load_in_8bit=True)", "BitsAndBytesConfig"),
        runs=False,
    ),
    Snippet(
        "encode plus",
        TOKENIZER + "print(tokenizer.encode_plus('a')['input_ids'])\n",
        ("encode-plus",),
        ("tokenizer('a')",),
    ),
    Snippet(
        "a batch",
        TOKENIZER
        + "print(tokenizer.batch_encode_plus(['a', 'b'], pad_to_max_length=True, max_length=8)['input_ids'])\n",
        ("encode-plus", "pad-to-max-length"),
        ("tokenizer(['a', 'b'], padding=\"max_length\", max_length=8)",),
    ),
    Snippet(
        "targets",
        TOKENIZER + "with tokenizer.as_target_tokenizer():\n    labels = tokenizer('Bonjour')\n",
        ("target-tokenizer",),
        runs=False,
    ),
    Snippet("seq2seq", TOKENIZER + "tokenizer.prepare_seq2seq_batch(['a'], ['b'])\n", ("seq2seq-batch",), runs=False),
    Snippet(
        "metrics",
        "from datasets import load_dataset, load_metric\n\nraw_datasets = load_dataset('glue', 'mrpc')\n"
        "metric = load_metric('glue', 'mrpc')\n",
        ("load-metric", "dataset-owner"),
        ("import evaluate", "evaluate.load('glue', 'mrpc')", "load_dataset('nyu-mll/glue', 'mrpc')"),
        runs=False,
    ),
    Snippet(
        "lists",
        "from datasets import list_datasets\n",
        ("list-datasets",),
        ("from huggingface_hub import list_datasets",),
    ),
    Snippet(
        "in place",
        "from datasets import Dataset\n\nrows = Dataset.from_dict({{'a': [1]}})\nrows.rename_column_('a', 'b')\n",
        ("in-place",),
        runs=False,
    ),
    Snippet(
        "a script",
        "from datasets import load_dataset\n\nrows = load_dataset('conll2003', trust_remote_code=True)\n",
        ("dataset-script", "dataset-owner"),
        ("load_dataset('eriktks/conll2003')",),
        runs=False,
    ),
    Snippet(
        "a token",
        "from huggingface_hub import HfApi\n\nHfApi().create_repo('me/x', use_auth_token='t')\n",
        ("auth-token",),
        ("token='t'",),
        runs=False,
    ),
    Snippet(
        "a clone",
        "from huggingface_hub import Repository\n\nrepo = Repository('x', clone_from='me/x')\n",
        ("repository",),
        runs=False,
    ),
    Snippet("a folder", "from huggingface_hub import HfFolder\n", ("hf-folder",), runs=False),
    Snippet("a filter", "from huggingface_hub import ModelFilter\n", ("hub-filters",), runs=False),
    Snippet(
        "half precision",
        "from accelerate import Accelerator\n\naccelerator = Accelerator(fp16=False)\n",
        ("accelerator-fp16",),
        ("Accelerator()",),
    ),
    Snippet(
        "a session",
        ">>> from transformers import AutoTokenizer\n>>> tokenizer = AutoTokenizer.from_pretrained('{sentiment}')\n"
        ">>> for text in ['a']:\n...     print(tokenizer.encode_plus(text)['input_ids'])\n[101, 1037, 102]\n",
        ("encode-plus",),
        ("    print(tokenizer(text)['input_ids'])\n",),
    ),
    Snippet(
        "a notebook's cell",
        "!pip install transformers\n%matplotlib inline\nfrom transformers import AdamW\n",
        ("adamw",),
        ("!pip install transformers\n%matplotlib inline\nfrom torch.optim import AdamW\n",),
        runs=False,
    ),
]

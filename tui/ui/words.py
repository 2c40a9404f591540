"""What the screens say, in both languages. Keys have their words in `keys`, lessons in their files."""

from __future__ import annotations

LANGUAGES = ("en", "zh")

_WORDS: dict[str, tuple[str, str]] = {
    "engine": ("engine", "引擎"),
    "off": ("not started", "未启动"),
    "starting": ("starting", "正在启动"),
    "importing torch": ("importing torch", "正在载入 torch"),
    "importing transformers": ("importing transformers", "正在载入 transformers"),
    "loading the tokenizer": ("loading the tokenizer", "正在加载分词器"),
    "loading MiniLM": ("loading MiniLM", "正在加载 MiniLM"),
    "ready": ("ready", "就绪"),
    "ended": ("ended", "已结束"),
    "trouble": ("trouble, see F2", "有问题，按 F2 查看"),
    "working": ("working", "运行中"),
    "read": ("read", "已读"),
    "sections": ("{done} of {all}", "{done} / {all}"),
    "quiz": ("quiz {done}/{all}", "测验 {done}/{all}"),
    "minutes": ("{n} min", "{n} 分钟"),
    "continue": ("Continue", "继续"),
    "nothing_found": ("Nothing found for “{words}”.", "没有找到“{words}”。"),
    "found": ("{n} of {all} for “{words}”", "“{words}”：{n} / {all}"),
    "find": ("Find: ", "查找："),
    "number": ("Your number: ", "你的数字："),
    "empty_book": ("There is nothing to read here.", "这里没有可读的内容。"),
    "waiting": ("waiting: {phase}, {seconds} s   esc stops", "等待：{phase}，{seconds} 秒   esc 停止"),
    "running": ("running, {seconds} s   esc stops", "运行中，{seconds} 秒   esc 停止"),
    "progress": ("{what}: {done} of {all}", "{what}：{done} / {all}"),
    "stopped": ("Stopped.", "已停止。"),
    "stand_in": ("small, {measured}; stands in for {name}", "小模型，{measured}；代替 {name}"),
    "context": ("text that holds the answer", "包含答案的文本"),
    "labels": ("labels, commas between", "标签，用逗号隔开"),
    "no_answer": ("The model answered with nothing.", "模型没有给出任何内容。"),
    "no_entities": ("No entities found.", "没有找到实体。"),
    "likely": ("likely (from 0.5)", "很可能（0.5 起）"),
    "possible": ("possible (from 0.1)", "可能（0.1 起）"),
    "surprise": ("a surprise", "出人意料"),
    "history": ("Asked before", "以前的输入"),
    "no_history": ("Nothing has been asked here yet.", "这里还没有运行过。"),
    "models": ("models", "模型"),
    "asking_hub": ("Asking the Hub about {name} ...   esc stops", "正在向 Hub 询问 {name}……   esc 停止"),
    "fetch_it": ("Fetch {size} ({n} files)", "下载 {size}（{n} 个文件）"),
    "leave_it": ("Leave it", "不下载"),
    "fetching": ("{name}   {what}: {done} of {all}   esc stops", "{name}   {what}：{done} / {all}   esc 停止"),
    "fetched": ("{name} is on this machine now.", "{name} 已在本机。"),
    "at_hand": ("{name} is on this machine already.", "{name} 已经在本机。"),
    "looking": ("Looking at what is on this machine ...", "正在查看本机有什么……"),
    "shelf_note": (
        "The stand-ins ship with Headnotes and need no network. The course's own checkpoints are larger and better; "
        "with a network, the command on their line fetches them into the Hugging Face cache.",
        "小型替身随 Headnotes 附带，不需要网络。课程自己的检查点更大也更好；"
        "有网络时，用其所在行的命令可以下载到 Hugging Face 缓存。",
    ),
    "not_measured": ("not measured", "未测量"),
    "copied": ("Copied: {what} ({n} characters){where}.", "已复制：{what}（{n} 个字符）{where}。"),
    "copied_file": (", and kept in {file}", "，并保存在 {file}"),
    "nothing_to_copy": ("There is nothing to copy here yet.", "这里还没有可复制的内容。"),
    "code_behind": ("The Python behind the bench", "实验台背后的 Python"),
    "code": ("code", "代码"),
    "answer": ("answer", "结果"),
    "table": ("table", "表格"),
    "page": ("page", "本页"),
    "token": ("token", "词元"),
    "help": ("Keys", "按键"),
    "outline": ("Sections", "各节"),
    "links": ("Links of this page", "本页的链接"),
    "no_links": ("There are no links on this page.", "本页没有链接。"),
    "address_copied": ("The address is copied; open it in a browser.", "网址已复制，请在浏览器中打开。"),
    "leads_nowhere": (
        "The link {target} leads to nothing in this book.",
        "链接 {target} 在本书中没有对应的内容。",
    ),
    "no_twin": ("This page has no Chinese twin; it is shown as it is.", "本页没有中文版，按原样显示。"),
    "no_back": ("There is nowhere to go back to.", "没有可返回的位置。"),
    "last_lesson": ("There is no lesson there.", "那边没有课文了。"),
    "notes_pane": ("notes", "笔记"),
    "bench_pane": ("bench", "实验台"),
    "on_the_bench": ("on the bench", "在实验台上"),
    "no_bench": ("This page has nothing for the bench.", "本页没有可放到实验台的内容。"),
    "often_said": ("Often said", "常见说法"),
    "what_is_so": ("What is so", "实际情况"),
    "prints": ("prints", "输出"),
    "claim_run": ("enter runs the proof", "回车运行证据"),
    "cell_run": ("enter runs it", "回车运行"),
    "printed_nothing": ("(it printed nothing)", "（没有输出）"),
    "failed": ("ended in an error", "以错误结束"),
    "more_output": ("{n} more characters", "另有 {n} 个字符"),
    "question": ("Question", "问题"),
    "pick_one": ("digits choose, enter submits", "数字键选择，回车提交"),
    "pick_many": ("several are right; digits choose, enter submits", "有多个正确答案；数字键选择，回车提交"),
    "pick_order": ("type the digits in the right order, enter submits", "按正确顺序输入数字，回车提交"),
    "pick_number": ("enter, then type a number", "回车后输入数字"),
    "right": ("Right.", "正确。"),
    "not_yet": ("Not yet.", "还不对。"),
    "the_answer": ("The answer is {answer}.", "答案是 {answer}。"),
    "right_order": ("The order is {order}.", "正确顺序是 {order}。"),
    "no_number": ("{text} is no number.", "{text} 不是数字。"),
    "choose_first": ("Choose an answer first: press its digit.", "请先按数字键选择答案。"),
    "too_small": (
        "This window is small ({w}x{h}); from 60x20 on everything fits.",
        "窗口太小（{w}x{h}）；60x20 起可完整显示。",
    ),
    "empty_text": ("Type a text; its answer appears here.", "输入文本，结果会显示在这里。"),
    "stage_tokenizer": ("tokenizer", "分词器"),
    "stage_model": ("model", "模型"),
    "stage_post": ("post-processing", "后处理"),
    "tokens_seen": ("The model saw {n} tokens.", "模型看到了 {n} 个词元。"),
    "was_cut": (
        "The text is longer than the model takes; its end was left out.",
        "文本超过了模型的长度上限，末尾被截去。",
    ),
    "anatomy_tokens": (
        "The tokenizer cuts the text into pieces of its vocabulary. [CLS] and [SEP] are added around them.",
        "分词器把文本切成词表中的片段，并在首尾加上 [CLS] 和 [SEP]。",
    ),
    "anatomy_ids": (
        "Each token becomes its number in the vocabulary. The attention mask says which positions are real, "
        "the token type ids which of two texts a token belongs to.",
        "每个词元换成它在词表中的编号。attention mask 说明哪些位置是真实的，"
        "token type ids 说明词元属于两段文本中的哪一段。",
    ),
    "anatomy_embeddings": (
        "A vector for each token: word, position and type embeddings added up and normalised. No token knows its "
        "neighbours yet.",
        "每个词元一个向量：词、位置、类型三种嵌入相加并归一化。此时词元还不知道左右的邻居。",
    ),
    "anatomy_hidden": (
        "After six layers of attention every vector has looked at all the others: last_hidden_state.",
        "经过六层注意力，每个向量都看过了其他所有向量：last_hidden_state。",
    ),
    "anatomy_pooler": (
        "The pooler takes only the vector at [CLS] through a linear layer and tanh.",
        "pooler 只取 [CLS] 处的向量，经过一个线性层和 tanh。",
    ),
    "anatomy_logits": (
        "The head, one linear layer, gives one unbounded score for each label.",
        "分类头是一个线性层，为每个标签给出一个没有上下界的分数。",
    ),
    "anatomy_softmax": (
        "Softmax: the exponential of each logit (the largest one subtracted first), divided by their sum.",
        "softmax：先减去最大的 logit，再取指数，然后除以总和。",
    ),
    "anatomy_label": (
        "The index of the largest probability, looked up in model.config.id2label.",
        "取概率最大的下标，在 model.config.id2label 中查出标签。",
    ),
    "difference": ("difference", "差异"),
    "difference_is": (
        "Difference: the largest change of any number in the last hidden state of the text's own tokens, against the "
        "text alone. On the right, the logits.",
        "差异：与单独输入相比，该文本自身各词元的 last_hidden_state 中变化最大的数值。右侧是 logits。",
    ),
    "way_alone": ("alone", "单独输入"),
    "way_padded_no_mask": ("padded, no mask", "填充，不给掩码"),
    "way_padded_with_mask": ("padded, with mask", "填充，给出掩码"),
    "way_padded_your_mask": ("padded, your mask", "填充，你的掩码"),
    "text": ("text", "文本"),
    "pair": ("second text (empty: none)", "第二个文本（留空则没有）"),
    "texts": ("texts, one a line", "文本，每行一个"),
    "held": (
        "This text of {n} characters is held as a whole: paste another over it, or erase it with backspace.",
        "这段文本有 {n} 个字符，作为整体保存：可粘贴新文本覆盖，或用退格键清除。",
    ),
    "nothing_left": ("no number: nothing left to attend to", "没有数值：没有可关注的位置"),
    "ascii_notice": (
        "The locale is not UTF-8, so signs beyond ASCII are replaced. Set LANG=C.UTF-8, or start with --utf8.",
        "The locale is not UTF-8, so signs beyond ASCII are replaced. Set LANG=C.UTF-8, or start with --utf8.",
    ),
    "engine_died": ("The engine ended and is starting again. {why}", "引擎已结束，正在重新启动。{why}"),
    "engine_gave_up": (
        "The engine cannot be kept running. {why} F5 tries again.",
        "引擎无法保持运行。{why} 按 F5 再试。",
    ),
    "doctor": ("Doctor", "诊断"),
    "not_known_yet": ("(when the engine is ready)", "（引擎就绪后显示）"),
}


def say(language: str, word: str, **values: object) -> str:
    """The words for this language. Values are put in as they are: the caller shows the whole verbatim."""
    return _WORDS[word][LANGUAGES.index(language) if language in LANGUAGES else 0].format(**values)


def pick(language: str, words: tuple[str, str]) -> str:
    """One of a pair."""
    return words[1 if language == "zh" else 0]


def known(word: str) -> bool:
    """Whether there are words for this."""
    return word in _WORDS

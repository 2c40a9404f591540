"""Every key, once. Bindings, bottom line, help page, palette and the README's table are made from this list.

The keys of an instrument are in its folder. Keys are chosen to reach every terminal: letters, digits, function keys,
arrows, tab, enter, escape, ctrl and a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from textual.binding import Binding, BindingType

from tui.text.key import Key, Words, shown

__all__ = [
    "KEYS", "SCOPES", "Key", "Words", "all_keys", "bindings", "foot", "keys_of", "on_bottom_line", "pick",
    "scope_titles", "shown",
]  # fmt: skip

SCOPES: dict[str, Words] = {
    "everywhere": ("Everywhere", "任何地方"),
    "scroll": ("Moving", "移动"),
    "contents": ("Contents", "目录"),
    "lesson": ("Lesson", "课文页"),
    "notes": ("Notes", "笔记"),
    "bench": ("Bench", "实验台"),
    "free": ("Free bench", "自由实验台"),
    "edit": ("Text on the bench", "实验台上的文本"),
    "options": ("Options on the bench", "实验台上的选项"),
    "rows": ("Rows", "数据行"),
    "data": ("Data", "数据"),
    "models": ("Models", "模型"),
    "runs": ("Runs", "训练列表"),
    "run": ("A run", "一次训练"),
    "curves": ("Curves", "曲线"),
    "evaluations": ("Evaluations", "评估"),
    "log": ("Log", "日志"),
    "overlay": ("Runs compared", "训练对比"),
    "prompt": ("A line to type into", "输入行"),
    "window": ("Windows", "小窗口"),
    "list": ("Lists to choose from", "选择列表"),
    "palette": ("Palette", "命令面板"),
}


KEYS: tuple[Key, ...] = (
    # everywhere
    Key("app.help", "question_mark,f1", "help", "everywhere", ("keys", "按键"),
        ("Show what every key does here", "显示此处每个键的作用"), 9, True),
    Key("app.palette", "ctrl+p", "palette", "everywhere", ("palette", "命令"),
        ("Find any command or lesson by typing", "输入文字查找命令或课文"), priority=True),
    Key("app.language", "l", "language", "everywhere", ("中文", "English"),
        ("Switch between English and Chinese, in place", "在原位切换中英文"), 6, True),
    Key("app.theme", "ctrl+t", "next_theme", "everywhere", ("colors", "配色"),
        ("Dark, light, or the terminal's own colors", "深色、浅色或终端自身的颜色"), 0, True),
    Key("app.doctor", "f2", "doctor", "everywhere", ("doctor", "诊断"),
        ("Versions, device, models, paths: for a bug report", "版本、设备、模型、路径：便于报告问题"), 0, True),
    Key("app.models", "f3", "models", "everywhere", ("models", "模型"),
        ("Which model does which task, and what is on this machine", "各项任务由哪个模型完成，本机有什么"), 0, True),
    Key("app.data", "f4", "data", "everywhere", ("data", "数据"),
        ("Open a data set: a file, a folder, an address, the Hub", "打开数据集：文件、文件夹、网址或 Hub"), 0, True),
    Key("app.restart_engine", "f5", "restart_engine", "everywhere", ("restart engine", "重启引擎"),
        ("End the engine and start a new one", "结束引擎并重新启动"), 0, True),
    Key("app.runs", "f6", "runs", "everywhere", ("runs", "训练"),
        ("Training runs: those that go on and those that are over", "训练：进行中的和已结束的"), 0, True),
    Key("app.bench", "f7", "bench", "everywhere", ("bench", "实验台"),
        ("Any instrument on a bench of its own", "在单独的实验台上使用任意仪器"), 0, True),
    Key("app.redraw", "ctrl+l", "redraw", "everywhere", ("redraw", "重绘"),
        ("Draw the whole screen again", "重新绘制整个屏幕")),
    Key("app.quit", "ctrl+q", "quit", "everywhere", ("quit", "退出"),
        ("Leave; your place is kept", "退出，并记住位置"), 0, True, True),
    Key("app.interrupt", "ctrl+c", "interrupt", "everywhere", ("stop", "停止"),
        ("Copy what is selected; else stop what runs; twice: leave", "复制所选内容；否则停止正在运行的；连按两次退出"),
        priority=True),
    Key("app.suspend", "ctrl+z", "suspend", "everywhere", ("suspend", "挂起"),
        ("To the shell, and back with fg; in a text: undo", "回到 shell，用 fg 返回；在文本中为撤销"), priority=True),
    # moving
    Key("scroll.down", "down,j", "line(1)", "scroll", ("down", "下"), ("One line down", "下移一行")),
    Key("scroll.up", "up,k", "line(-1)", "scroll", ("up", "上"), ("One line up", "上移一行")),
    Key("scroll.page_down", "pagedown,space,ctrl+d", "page(1)", "scroll", ("page", "下页"),
        ("One page down", "下翻一页")),
    Key("scroll.page_up", "pageup,ctrl+u", "page(-1)", "scroll", ("page back", "上页"), ("One page up", "上翻一页")),
    Key("scroll.top", "home,g", "end('top')", "scroll", ("top", "开头"), ("To the beginning", "到开头")),
    Key("scroll.bottom", "end,G", "end('bottom')", "scroll", ("bottom", "结尾"), ("To the end", "到结尾")),
    Key("scroll.right", "shift+right", "side(8)", "scroll", ("right", "右"), ("Scroll sideways", "向右滚动")),
    Key("scroll.left", "shift+left", "side(-8)", "scroll", ("left", "左"), ("Scroll back", "向左滚动")),
    # contents
    Key("contents.open", "enter", "open", "contents", ("open", "打开"), ("Open the lesson", "打开课文"), 1),
    Key("contents.continue", "c", "continue", "contents", ("continue", "继续"),
        ("Go on where you were", "从上次的位置继续"), 2),
    Key("contents.find", "slash", "find", "contents", ("find", "查找"),
        ("Find words in all lessons", "在所有课文中查找"), 3),
    Key("contents.escape", "escape", "end_search", "contents", ("all lessons", "全部课文"),
        ("Back from what was found to all lessons", "从查找结果回到全部课文"), 1),
    Key("contents.quit", "q", "app.quit", "contents", ("quit", "退出"), ("Leave", "退出"), 8),
    # lesson
    Key("lesson.switch", "tab", "switch(1)", "lesson", ("bench", "实验台"),
        ("To the next field; from the notes to the bench", "到下一个区域；从笔记到实验台"), 1),
    Key("lesson.switch_back", "shift+tab", "switch(-1)", "lesson", ("back", "上一个"),
        ("To the field before", "到上一个区域")),
    Key("lesson.edit", "e", "edit", "lesson", ("edit", "编辑"),
        ("Edit the text on the bench", "编辑实验台上的文本"), 2, True),
    Key("lesson.code", "c", "code", "lesson", ("code", "代码"),
        ("Show the Python behind what is on the bench", "显示实验台背后的 Python 代码"), 4, True),
    Key("lesson.copy", "y", "copy", "lesson", ("copy", "复制"),
        ("Copy what has the focus: code, answer, table", "复制焦点处的内容：代码、结果、表格"), 5, True),
    Key("lesson.outline", "t", "outline", "lesson", ("outline", "大纲"),
        ("Jump to a section", "跳到某一节"), 0, True),
    Key("lesson.links", "o", "links", "lesson", ("links", "链接"),
        ("Open a link of this page", "打开本页中的链接"), 0, True),
    Key("lesson.back", "b", "back", "lesson", ("back", "返回"),
        ("Back to where a link was followed", "回到点开链接之前的位置"), 0, True),
    Key("lesson.next", "right_square_bracket", "turn(1)", "lesson", ("next lesson", "下一课"),
        ("The next lesson", "下一课"), 1, True),
    Key("lesson.previous", "left_square_bracket", "turn(-1)", "lesson", ("lesson before", "上一课"),
        ("The lesson before", "上一课"), 0, True),
    Key("lesson.contents", "q", "contents", "lesson", ("contents", "目录"),
        ("Back to the contents", "回到目录"), 8, True),
    Key("lesson.escape", "escape", "leave", "lesson", ("leave", "离开"),
        ("Stop what runs; else leave one layer: text, bench, search", "停止正在运行的；否则离开一层"), 1),
    # notes
    Key("notes.pick", "1,2,3,4,5,6,7,8,9", "pick({})", "notes", ("choose", "选择"),
        ("Choose an answer of the marked question", "选择所标问题的答案"), 1),
    Key("notes.act", "enter", "act", "notes", ("run", "运行"),
        ("Do what is marked: to the bench, run the code, submit", "执行标记处：到实验台、运行代码、提交答案"), 1),
    Key("notes.next", "n", "stop(1)", "notes", ("next", "下一个"),
        ("To the next thing to do: try, cell, claim, question", "到下一个可操作处：试验、代码、说法、问题"), 1),
    Key("notes.previous", "p,N", "stop(-1)", "notes", ("previous", "上一个"),
        ("To the one before", "到上一个可操作处")),
    Key("notes.find", "slash", "find", "notes", ("find", "查找"),
        ("Find words in this page; n and N go through them", "在本页查找；n 与 N 逐个前往"), 4),
    # bench
    Key("bench.next", "n,ctrl+n", "screen.next_stop", "bench", ("next", "下一个"),
        ("Back to the notes, to the next thing to do", "回到笔记中的下一个可操作处"), 2),
    Key("bench.switch", "tab", "screen.switch(1)", "bench", ("next field", "下一栏"),
        ("To the next field; after the last one, to the notes", "到下一栏；最后一栏之后回到笔记"), 3),
    Key("bench.rerun", "r", "rerun", "bench", ("again", "重跑"), ("Run it again", "再运行一次"), 0, True),
    Key("bench.reset", "0", "reset", "bench", ("as in the notes", "还原"),
        ("Put back the inputs of the notes", "还原为笔记中的输入"), 0, True),
    Key("bench.history", "h", "history", "bench", ("history", "历史"),
        ("What was asked here before; choose to ask it again", "此处以前的输入；选择即可再次运行"), 0, True),
    # free bench
    Key("free.switch", "tab", "switch(1)", "free", ("next field", "下一栏"), ("To the next field", "到下一栏"), 3),
    Key("free.switch_back", "shift+tab", "switch(-1)", "free", ("back", "上一栏"), ("To the field before", "到上一栏")),
    Key("free.next", "n,ctrl+n", "next_stop", "free", ("next instrument", "下一个仪器"),
        ("The next instrument", "换成下一个仪器"), 2, True),
    Key("free.choose", "f7", "app.bench", "free", ("instruments", "选仪器"),
        ("Choose among all instruments", "在全部仪器中选择"), 6),
    Key("free.edit", "e", "edit", "free", ("edit", "编辑"),
        ("Edit the text on the bench", "编辑实验台上的文本"), 2, True),
    Key("free.code", "c", "code", "free", ("code", "代码"),
        ("Show the Python behind what is on the bench", "显示实验台背后的 Python 代码"), 5, True),
    Key("free.copy", "y", "copy", "free", ("copy", "复制"),
        ("Copy what has the focus: code, answer, table", "复制焦点处的内容：代码、结果、表格"), 7, True),
    Key("free.close", "q", "close", "free", ("back", "返回"), ("Back to where you were", "回到之前的位置"), 4, True),
    Key("free.escape", "escape", "leave", "free", ("stop", "停止"),
        ("Stop what runs; else leave the text, or the bench", "停止正在运行的；否则离开文本或实验台"), 1),
    # text on the bench
    Key("edit.done", "escape", "screen.leave", "edit", ("done", "完成"),
        ("Leave the text", "离开文本"), 1, priority=True),
    Key("edit.answer", "enter", "answer", "edit", ("answer", "看结果"),
        ("To the answer; a path or a function runs now", "到结果处；路径或函数此时运行"), 1),
    # options
    Key("options.next", "right", "move(1)", "options", ("option", "选项"), ("The next option", "下一个选项"), 1),
    Key("options.previous", "left", "move(-1)", "options", ("option", "选项"), ("The option before", "上一个选项")),
    Key("options.enter", "enter", "enter", "options", ("run it", "运行"),
        ("Run with what was typed; else the next value", "用输入的内容运行；否则换下一个取值"), 1),
    Key("options.change", "space,down", "change(1)", "options", ("change", "更改"),
        ("Its next value; for a number, type it", "下一个取值；数字可直接输入"), 2),
    Key("options.change_back", "up", "change(-1)", "options", ("back", "往回"), ("Its value before", "上一个取值")),
    Key("options.erase", "backspace,delete", "erase", "options", ("erase", "清除"), ("Erase the number", "清除数字")),
    # rows of a table
    Key("rows.down", "down,j", "cell(1,0)", "rows", ("down", "下"), ("The row below", "下一行")),
    Key("rows.up", "up,k", "cell(-1,0)", "rows", ("up", "上"), ("The row above", "上一行")),
    Key("rows.right", "right", "cell(0,1)", "rows", ("right", "右"), ("The column on the right", "右边的列")),
    Key("rows.left", "left", "cell(0,-1)", "rows", ("left", "左"), ("The column on the left", "左边的列")),
    Key("rows.last_column", "dollar_sign", "column_end('last')", "rows", ("last column", "末列"),
        ("To the last column", "到最后一列")),
    Key("rows.first_column", "circumflex_accent", "column_end('first')", "rows", ("first column", "首列"),
        ("To the first column", "到第一列")),
    Key("rows.open", "enter", "open_cell", "rows", ("whole cell", "整格"),
        ("Show the whole cell, however long or nested", "显示整个单元格，无论多长或嵌套多深"), 7),
    Key("rows.select", "space", "select", "rows", ("select", "选中"),
        ("Select the row, to be copied with others", "选中该行，可与其他行一起复制")),
    Key("rows.hide", "minus", "hide", "rows", ("hide", "隐藏"), ("Hide the column", "隐藏该列")),
    Key("rows.show_all", "equals_sign", "show_all", "rows", ("all columns", "全部列"),
        ("All columns, in their own order and width", "显示全部列，恢复顺序和宽度")),
    Key("rows.narrower", "less_than_sign", "widen(-4)", "rows", ("narrower", "变窄"),
        ("Make the column narrower", "缩窄该列")),
    Key("rows.wider", "greater_than_sign", "widen(4)", "rows", ("wider", "变宽"),
        ("Make the column wider", "加宽该列")),
    Key("rows.shift_left", "left_curly_bracket", "shift(-1)", "rows", ("column left", "列左移"),
        ("Move the column to the left", "把该列移到左边")),
    Key("rows.shift_right", "right_curly_bracket", "shift(1)", "rows", ("column right", "列右移"),
        ("Move the column to the right", "把该列移到右边")),
    # data
    Key("data.filter", "f", "step('filter')", "data", ("filter", "筛选"),
        ("Keep the rows for which a function is true", "保留函数为真的行"), 3, True),
    Key("data.sort", "o", "step('sort')", "data", ("sort", "排序"), ("Sort by the column", "按该列排序"), 4, True),
    Key("data.map", "m", "step('map')", "data", ("map", "映射"),
        ("A function on every row", "对每一行应用函数"), 5, True),
    Key("data.split", "p", "step('split')", "data", ("split", "划分"),
        ("Split into train, validation and test", "分成训练、验证和测试"), 0, True),
    Key("data.sample", "r", "step('sample')", "data", ("sample", "抽样"),
        ("A random sample that can be had again", "可重现的随机样本"), 0, True),
    Key("data.operations", "a", "operations", "data", ("all steps", "全部操作"),
        ("Everything that can be done to the table", "可对表做的全部操作"), 6, True),
    Key("data.undo", "u", "undo", "data", ("undo", "撤销"), ("Take the last step back", "撤销上一步"), 0, True),
    Key("data.before", "b", "before", "data", ("before", "之前"),
        ("The table before the last step, and after it again", "上一步之前的表，再按回到之后"), 0, True),
    Key("data.go", "colon", "go", "data", ("row", "行号"), ("Go to a row by its number", "按行号跳转"), 1),
    Key("data.find", "slash", "find", "data", ("find", "查找"),
        ("Find a text, or a pattern: re:^The", "查找文本或正则：re:^The"), 2),
    Key("data.next_hit", "n", "hit(1)", "data", ("next hit", "下一处"), ("The next row with a hit", "下一个匹配行")),
    Key("data.previous_hit", "N", "hit(-1)", "data", ("hit before", "上一处"),
        ("The row before with a hit", "上一个匹配行")),
    Key("data.statistics", "i", "statistics", "data", ("figures", "统计"),
        ("The column in figures: values, lengths, missing", "该列的统计：取值、长度、缺失"), 0, True),
    Key("data.next_split", "t", "next_split", "data", ("next split", "下个划分"),
        ("The next split", "下一个划分"), 0, True),
    Key("data.save", "s", "save", "data", ("save", "保存"),
        ("Save the table; a plan first", "保存该表，先看计划"), 0, True),
    Key("data.script", "x,c", "script", "data", ("script", "脚本"),
        ("The Python that makes this table", "得到此表的 Python 脚本"), 0, True),
    Key("data.copy", "y", "copy", "data", ("copy", "复制"),
        ("Copy the cell, or the selected rows", "复制单元格或选中的行")),
    Key("data.copy_row", "Y", "copy_rows", "data", ("copy row", "复制行"), ("Copy the row", "复制该行")),
    Key("data.open", "ctrl+o", "open", "data", ("open", "打开"),
        ("Open another data set", "打开另一个数据集"), 1, True),
    Key("data.leave", "escape", "leave", "data", ("stop", "停止"),
        ("Stop what runs; else end the search", "停止正在运行的；否则结束查找"), 1),
    Key("data.close", "q", "close", "data", ("back", "返回"), ("Back to where you were", "回到之前的位置"), 8),
    # models
    Key("models.fetch", "enter", "fetch", "models", ("fetch", "下载"),
        ("Fetch the course's checkpoint of the marked task; its size is shown first",
         "下载所标任务的课程检查点，先显示大小"), 1),
    Key("models.down", "down,j", "task(1)", "models", ("next task", "下一任务"), ("The next task", "下一个任务")),
    Key("models.up", "up,k", "task(-1)", "models", ("task before", "上一任务"), ("The task before", "上一个任务")),
    # runs
    Key("runs.open", "enter", "open", "runs", ("open", "打开"), ("Open the run", "打开该训练"), 1),
    Key("runs.mark", "m", "mark", "runs", ("mark", "标记"),
        ("Mark the run for the overlay, up to eight", "标记该训练用于对比，最多八个"), 2),
    Key("runs.overlay", "o", "overlay", "runs", ("overlay", "对比"),
        ("The marked runs over each other", "把标记的训练叠在一起对比"), 3, True),
    Key("runs.stop", "s", "order('stop')", "runs", ("stop and save", "停止并保存"),
        ("Stop at the next step and keep a checkpoint", "在下一步停止并保存检查点"), 4),
    Key("runs.resume", "r", "resume", "runs", ("resume", "继续"),
        ("Go on from a checkpoint", "从检查点继续"), 5),
    Key("runs.fork", "f", "fork", "runs", ("fork", "派生"),
        ("A new run from the latest checkpoint, with changes", "从最近的检查点派生新训练并作更改"), 6),
    Key("runs.kill", "x", "kill", "runs", ("kill", "终止"),
        ("End the worker at once, after a question", "询问后立即终止训练进程"), 0),
    Key("runs.remove", "delete,d", "remove", "runs", ("remove", "删除"),
        ("Remove the run from the disk, after a question", "询问后从磁盘删除该训练"), 0),
    Key("runs.copy", "y", "copy", "runs", ("copy", "复制"), ("Copy the list", "复制列表")),
    Key("runs.close", "q,escape", "close", "runs", ("back", "返回"), ("Back to where you were", "回到之前的位置"), 8),
    # one run
    Key("run.stop", "s", "order('stop')", "run", ("stop and save", "停止并保存"),
        ("Stop at the next step and keep a checkpoint", "在下一步停止并保存检查点"), 1, True),
    Key("run.turn", "tab", "turn(1)", "run", ("page", "翻页"),
        ("The next page: curves, evaluations, recipe, log", "下一页：曲线、评估、配方、日志"), 2),
    Key("run.turn_back", "shift+tab", "turn(-1)", "run", ("page before", "上一页"), ("The page before", "上一页")),
    Key("run.page", "1,2,3,4", "page_of({})", "run", ("page", "页"), ("To a page by its number", "按页号跳转")),
    Key("run.save", "v", "order('save')", "run", ("save now", "立即保存"),
        ("Save a checkpoint at the next step", "在下一步保存检查点"), 4, True),
    Key("run.evaluate", "e", "order('evaluate')", "run", ("evaluate now", "立即评估"),
        ("Evaluate at the next step", "在下一步进行评估"), 5, True),
    Key("run.resume", "r", "resume", "run", ("resume", "继续"), ("Go on from a checkpoint", "从检查点继续"), 0, True),
    Key("run.fork", "f", "fork", "run", ("fork", "派生"),
        ("A new run from the latest checkpoint, with changes", "从最近的检查点派生新训练并作更改"), 0, True),
    Key("run.kill", "x", "kill", "run", ("kill", "终止"),
        ("End the worker at once, after a question", "询问后立即终止训练进程"), 0, True),
    Key("run.pause", "p", "pause", "run", ("pause", "暂停显示"),
        ("Hold the display; the run goes on", "暂停显示，训练继续")),
    Key("run.lesson", "w", "lesson", "run", ("why", "为什么"),
        ("The lesson about what is seen in the curves", "与曲线现象有关的课文"), 6, True),
    Key("run.script", "c", "script", "run", ("code", "代码"),
        ("The Python that does the same", "完成同样训练的 Python"), 0, True),
    Key("run.copy", "y", "copy", "run", ("copy", "复制"), ("Copy the page", "复制本页")),
    Key("run.close", "q", "close", "run", ("back", "返回"), ("Back to where you were", "回到之前的位置"), 8),
    # curves
    Key("curves.right", "right", "cursor(1)", "curves", ("read values", "读数"),
        ("The cursor to the right: it reads the values", "光标右移并读出数值"), 3),
    Key("curves.left", "left", "cursor(-1)", "curves", ("left", "左"), ("The cursor to the left", "光标左移")),
    Key("curves.right_far", "up", "cursor(10)", "curves", ("far right", "右移"), ("Far to the right", "大步右移")),
    Key("curves.left_far", "down", "cursor(-10)", "curves", ("far left", "左移"), ("Far to the left", "大步左移")),
    Key("curves.first", "home", "cursor_end('first')", "curves", ("first", "开头"),
        ("To the first point", "到第一个点")),
    Key("curves.last", "end", "cursor_end('last')", "curves", ("last", "末尾"),
        ("To the last point", "到最后一个点")),
    Key("curves.none", "escape", "no_cursor", "curves", ("no cursor", "去光标"), ("Without a cursor", "去掉光标")),
    Key("curves.axis", "a", "axis", "curves", ("axis", "横轴"),
        ("Along steps, epochs or time", "横轴为步、轮或时间"), 7),
    Key("curves.log", "o", "log", "curves", ("log scale", "对数"), ("Logarithmic scale", "对数坐标")),
    Key("curves.more", "plus,equals_sign", "smooth(1)", "curves", ("smoother", "更平滑"),
        ("Smooth more; the raw curve stays behind", "更平滑；原曲线留在后面")),
    Key("curves.less", "minus", "smooth(-1)", "curves", ("rougher", "少平滑"), ("Smooth less", "减少平滑")),
    Key("curves.panel", "z", "panel", "curves", ("one curve", "单图"),
        ("One panel alone, the next one, all; overlaid: the next series",
         "单独显示一图、下一图、全部；对比时换下一条曲线"), 9),
    # evaluations
    Key("evaluations.left", "left", "cell(0,-1)", "evaluations", ("left", "左"),
        ("The cell on the left", "左边的单元格")),
    Key("evaluations.right", "right", "cell(0,1)", "evaluations", ("cell", "单元格"),
        ("The cell on the right; its rows are shown", "右边的单元格，并显示其中的行"), 3),
    Key("evaluations.up", "up,k", "cell(-1,0)", "evaluations", ("up", "上"), ("The class above", "上一个类别")),
    Key("evaluations.down", "down,j", "cell(1,0)", "evaluations", ("down", "下"), ("The class below", "下一个类别")),
    Key("evaluations.earlier", "left_square_bracket", "choose(-1)", "evaluations", ("earlier", "更早"),
        ("The evaluation before", "上一次评估"), 7),
    Key("evaluations.later", "right_square_bracket", "choose(1)", "evaluations", ("later", "更晚"),
        ("The next evaluation", "下一次评估")),
    Key("evaluations.rows", "enter", "screen.rows", "evaluations", ("all rows", "全部行"),
        ("All rows behind the cell", "该单元格的全部行"), 3),
    Key("evaluations.mark", "b", "mark", "evaluations", ("compare with", "作为对照"),
        ("Compare the others with this evaluation; again: each with the one before it",
         "其余评估都与这一次对比；再按则各与前一次对比")),
    Key("evaluations.changes", "d", "screen.changes", "evaluations", ("changed", "变化"),
        ("All rows that are predicted otherwise than before", "与对照评估预测不同的全部行"), 6),
    # log
    Key("log.find", "slash", "screen.find", "log", ("find", "查找"), ("Find words in the log", "在日志中查找"), 3),
    Key("log.next", "n", "hit(1)", "log", ("next hit", "下一处"), ("The next hit", "下一处")),
    Key("log.previous", "N", "hit(-1)", "log", ("hit before", "上一处"), ("The hit before", "上一处")),
    # runs compared
    Key("overlay.switch", "tab", "switch", "overlay", ("tables", "表格"),
        ("To the tables, and back to the chart", "到表格，再回到图"), 1),
    Key("overlay.hide", "A,B,C,D,E,F,G,H", "hide('{}')", "overlay", ("hide", "隐藏"),
        ("Hide the curve of this letter, and show it again", "隐藏该字母的曲线，再按则显示"), 3),
    Key("overlay.copy", "y", "copy", "overlay", ("copy", "复制"), ("Copy chart and tables", "复制图和表格"), 5),
    Key("overlay.close", "q", "close", "overlay", ("back", "返回"), ("Back to the list", "回到列表"), 8),
    # a line to type into
    Key("prompt.send", "enter", "send", "prompt", ("send", "确定"), ("Send what was typed", "提交输入的内容"), 1),
    Key("prompt.cancel", "escape", "cancel", "prompt", ("cancel", "取消"), ("Put the line away", "收起输入行"), 2),
    # windows
    Key("window.close", "escape,q", "close", "window", ("close", "关闭"), ("Close the window", "关闭窗口"), 1),
    Key("window.copy", "y", "copy", "window", ("copy", "复制"), ("Copy what is shown", "复制所显示的内容"), 2),
    # lists to choose from
    Key("list.choose", "enter", "choose", "list", ("choose", "选择"), ("Take the marked entry", "选择所标的一项"), 1),
    Key("list.down", "down,j", "list('down')", "list", ("down", "下"), ("The entry below", "下一项")),
    Key("list.up", "up,k", "list('up')", "list", ("up", "上"), ("The entry above", "上一项")),
    Key("list.close", "escape,q", "close", "list", ("close", "关闭"), ("Choose nothing", "不选择并关闭"), 2),
    # palette
    Key("palette.choose", "enter", "choose", "palette", ("run", "执行"),
        ("Run the marked command", "执行所标的命令"), 1),
    Key("palette.down", "down", "line(1)", "palette", ("down", "下"), ("The command below", "下一条命令")),
    Key("palette.up", "up", "line(-1)", "palette", ("up", "上"), ("The command above", "上一条命令")),
    Key("palette.page_down", "pagedown", "page(1)", "palette", ("page", "下页"), ("One page down", "下翻一页")),
    Key("palette.page_up", "pageup", "page(-1)", "palette", ("page back", "上页"), ("One page up", "上翻一页")),
    Key("palette.close", "escape", "close", "palette", ("close", "关闭"), ("Close the palette", "关闭命令面板"), 2),
)  # fmt: skip


def pick(language: str, words: Words) -> str:
    """The words in this language."""
    return words[1 if language == "zh" else 0]


def all_keys() -> tuple[Key, ...]:
    """Those of the screens, then those of the instruments."""
    from tui.instruments import registry

    return (*KEYS, *(key for instrument in registry.instruments().values() for key in instrument.keys))


def scope_titles() -> dict[str, Words]:
    """Every scope with what it is called: those of the screens, then those of the instruments that have keys."""
    from tui.instruments import registry

    return {**SCOPES, **{one.name: one.keys_title for one in registry.instruments().values() if one.keys}}


def keys_of(scope: str) -> Sequence[Key]:
    """The keys of a scope; the instruments are asked only for a scope that no screen has."""
    if scope in SCOPES:
        return [key for key in KEYS if key.scope == scope]
    from tui.instruments import registry

    return registry.find(scope).keys


def bindings(scope: str) -> list[BindingType]:
    """The bindings of a scope; the bottom line is ours, so none is shown by Textual's."""
    made: list[BindingType] = []
    for key in keys_of(scope):
        spellings = key.keys.split(",") if "{}" in key.action else [key.keys]
        made += [
            Binding(keys, key.action.format(keys), key.label[0], show=False, priority=key.priority, id=key.id)
            for keys in spellings
        ]
    return made


def foot(scope: str, language: str) -> str:
    """The ranked keys of a scope in one line, for the foot of a window."""
    ranked = sorted((key for key in keys_of(scope) if key.rank), key=lambda key: key.rank)
    return "   ".join(f"{key.shown} {key.label[language == 'zh']}" for key in ranked)


def on_bottom_line(
    scopes: Iterable[str],
    labels: Mapping[str, Words | None],
    is_typed: Callable[[str], bool],
    counts: Mapping[str, int] = MappingProxyType({}),
) -> list[tuple[str, Words, Key]]:
    """The ranked keys of these scopes, nearest scope first: how each is spelled here, and what it does now.

    A key that a nearer scope uses, that is typed into what has the focus, or whose label is None is left out. `counts`
    says of a range of keys how many of them do something here.
    """
    lines: list[tuple[int, int, tuple[str, Words, Key]]] = []
    taken: set[str] = set()
    for nearness, scope in enumerate(scopes):
        here = keys_of(scope)
        for key in here:
            label = labels.get(key.id, key.label)
            free = [one for one in key.spellings if one not in taken and not is_typed(one)]
            if key.rank and label is not None and free:
                count = min(counts.get(key.id, len(key.spellings)), len(key.spellings))
                spelling = key.shown_up_to(count) if free[0] == key.spellings[0] else shown(free[0])
                lines.append((key.rank, nearness, (spelling, label, key)))
        taken |= {spelling for key in here for spelling in key.spellings}
    return [line for _, _, line in sorted(lines, key=lambda one: one[:2])]

"""Old code brought up to the installed libraries: each line that no longer works, and the code with it replaced.

Rewrites by the table of `removals`, leaving every other character as it was (libcst), and looks up in the installed
libraries whatever the table does not know: names that are not there, keywords that a function does not take.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import libcst as cst
from libcst.codemod import CodemodContext, ContextAwareTransformer
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor
from libcst.metadata import PositionProvider, QualifiedName, QualifiedNameProvider, QualifiedNameSource

from tui.errors import UsageError
from tui.instruments.upgrade.installed import missing_name, unknown_keyword
from tui.instruments.upgrade.removals import OutdatedUse, Removal, removals

_SHELL = re.compile(r"^([ \t]*)([!%].*)$", re.M)
_SHELL_BACK = re.compile(r"^([ \t]*)(?:pass  )?# shell: (.*)$", re.M)
_PROMPT = re.compile(r"^(?:>>> ?|\.\.\. ?)", re.M)
_OUTPUT_AFTER_PROMPT = re.compile(r"^(?!>>>|\.\.\.).*\n?", re.M)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The outdated uses in the order of the lines, and the code with what can be replaced replaced."""

    uses: list[OutdatedUse]
    code: str


def rewrite(source: str) -> Upgraded:
    """Upgrade Python of any age since 2020; a session with >>> and shell lines of notebooks are read, too.

    Raises `UsageError` when it is not Python.
    """
    upgrade = _Upgrade(CodemodContext())
    try:
        changed = upgrade.transform_module(cst.parse_module(_python(source)))
        if upgrade.has_changed_names:
            changed = AddImportsVisitor(upgrade.context).transform_module(changed)
            changed = RemoveImportsVisitor(upgrade.context).transform_module(changed)
    except cst.ParserSyntaxError as error:
        raise UsageError("instruments.upgrade.not-python", line=error.raw_line, detail=error.message) from error
    except RecursionError as error:
        raise UsageError("instruments.upgrade.too-deep") from error
    code = _SHELL_BACK.sub(r"\1\2", changed.code)
    return Upgraded(sorted(set(upgrade.uses), key=lambda use: (use.line, use.old)), code)


def _python(source: str) -> str:
    """The text as Python: of a session what was typed, with shell lines as comments where it is none otherwise.

    Raises `UsageError`. Python's own parser goes first: on deep nesting it ends in an error, where libcst's may crash.
    """
    text = _without_prompts(source)
    marked = _SHELL.sub(lambda line: f"{line[1]}{'pass  ' if line[1] else ''}# shell: {line[2]}", text)
    for candidate in (text, marked):  # a line may begin with the operator %, too
        try:
            ast.parse(candidate)
        except SyntaxError as error:
            problem = UsageError("instruments.upgrade.not-python", line=error.lineno or 1, detail=error.msg)
        except ValueError as error:  # a null byte
            problem = UsageError("instruments.upgrade.not-python", line=1, detail=str(error))
        except (RecursionError, MemoryError):
            problem = UsageError("instruments.upgrade.too-deep")
        else:
            return candidate
    raise problem


def _without_prompts(source: str) -> str:
    """The code of a session: what stands after >>> and ...; other lines are what it printed."""
    if not re.search(r"^>>> ", source, re.M):
        return source
    return _PROMPT.sub("", _OUTPUT_AFTER_PROMPT.sub("", source))


class _Upgrade(ContextAwareTransformer):
    METADATA_DEPENDENCIES = (PositionProvider, QualifiedNameProvider)

    def __init__(self, context: CodemodContext) -> None:
        super().__init__(context)
        self.uses: list[OutdatedUse] = []
        self.has_changed_names = False

    # -- what is called -----------------------------------------------------------------------------------------------

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        function = _last_name(original_node.func)
        call = updated_node
        for removal in removals():
            if removal.keyword and removal.is_called(function):
                call = self._replace_keyword(removal, original_node, call)
            elif removal.literal and removal.is_called(function):
                call = self._replace_literal(removal, original_node, call)
            elif removal.method and isinstance(original_node.func, cst.Attribute) and removal.method == function:
                call = self._replace_method(removal, original_node, call)
        self._look_up_keywords(original_node)
        return call

    def _replace_keyword(self, removal: Removal, original: cst.Call, call: cst.Call) -> cst.Call:
        index = next(
            (i for i, arg in enumerate(call.args) if arg.keyword and arg.keyword.value == removal.keyword), None
        )
        if index is None:
            return call
        argument = call.args[index]
        old = f"{removal.keyword}={_code(argument.value)}"
        if removal.values:
            value = _code(argument.value)
            if value not in removal.values:
                self._add(removal, original, old, "", is_fixed=False)
                return call
            new = removal.values[value]
        elif removal.becomes is None:
            self._add(removal, original, old, "", is_fixed=False)
            return call
        else:
            new = f"{removal.becomes}={_code(argument.value)}" if removal.becomes else ""
        others = {arg.keyword.value for arg in call.args if arg.keyword}
        if new and new.partition("=")[0] in others:
            new = ""  # both were written: the newer one counts
        self._add(removal, original, old, new)
        if removal.imports and new:
            self._import(removal.imports)
        return call.with_changes(args=_with_argument(call.args, index, new))

    def _replace_literal(self, removal: Removal, original: cst.Call, call: cst.Call) -> cst.Call:
        for index, argument in enumerate(call.args):
            is_first = index == 0 and argument.keyword is None and removal.argument in ("task", "path")
            if not is_first and not (argument.keyword and argument.keyword.value == removal.argument):
                continue
            if not isinstance(argument.value, cst.SimpleString):
                continue
            value = str(argument.value.evaluated_value)
            try:
                instead = removal.replacement(value)
            except KeyError:
                continue
            literal = argument.value
            if instead is not None:
                new = cst.SimpleString(f"{literal.quote}{instead}{literal.quote}")
                self._add(removal, original, literal.value, new.value)
                return call.with_deep_changes(argument, value=new)
            if removal.becomes:
                function = self._import(removal.becomes)
                self._add(removal, original, f"{_code(original.func)}({literal.value})", f"{function}({literal.value})")
                self._forget_import(original.func)
                return call.with_changes(func=cst.Name(function))
            self._add(removal, original, literal.value, "", is_fixed=False)
        return call

    def _replace_method(self, removal: Removal, original: cst.Call, call: cst.Call) -> cst.Call:
        owner = cst.ensure_type(call.func, cst.Attribute).value
        if removal.becomes == "__call__":
            self._add(removal, original, f".{removal.method}(", "(")
            return call.with_changes(func=owner)
        self._add(removal, original, f".{removal.method}(", "", is_fixed=False)
        return call

    # -- what is imported and named -----------------------------------------------------------------------------------

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(original_node.names, cst.ImportStar) or original_node.module is None:
            return updated_node
        module = _code(original_node.module)
        remaining = []
        for alias in original_node.names:
            name = _code(alias.name)
            target, removal = _renamed(f"{module}.{name}")
            if removal is None:
                self._look_up_name(original_node, module, name)
                remaining.append(alias)
            elif target is None:
                self._add(removal, original_node, f"{module}.{name}", "", is_fixed=False)
                remaining.append(alias)
            else:
                self._add(removal, original_node, f"{module}.{name}", target.replace(":", "."))
                self._import(target, _code(alias.asname.name) if alias.asname else "")
        if len(remaining) == len(original_node.names):
            return updated_node
        if not remaining:
            return cst.RemoveFromParent()
        remaining[-1] = remaining[-1].with_changes(comma=original_node.names[-1].comma)
        return updated_node.with_changes(names=remaining)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self._renamed_expression(original_node, updated_node)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return self._renamed_expression(original_node, updated_node)

    def _renamed_expression(self, original: cst.BaseExpression, updated: cst.BaseExpression) -> cst.BaseExpression:
        for qualified in self._qualified(original):
            target, removal = _renamed(qualified)
            if removal is None or target is None:
                if removal is not None and isinstance(original, cst.Attribute):
                    self._add(removal, original, _code(original), "", is_fixed=False)
                continue
            old_name, new_name = qualified.rpartition(".")[2], target.partition(":")[2]
            if isinstance(original, cst.Name):
                if original.value != old_name:
                    return updated  # another name of the reader's: `import ... as`
                if target == "evaluate:load":
                    return cst.parse_expression("evaluate.load")
                return updated.with_changes(value=new_name)
            expression = self._import(target)
            self._add(removal, original, _code(original), expression)
            return cst.parse_expression(expression)
        return updated

    def _qualified(self, node: cst.CSTNode) -> Iterator[str]:
        names = self.get_metadata(cast(Any, QualifiedNameProvider), node, set())  # its types promise too much
        for name in cast(set[QualifiedName], names):
            if name.source is QualifiedNameSource.IMPORT:
                yield name.name

    def _import(self, target: str, alias: str = "") -> str:
        """Import `module:name`; how it is written from then on."""
        module, _, name = target.partition(":")
        self.has_changed_names = True
        if module == "evaluate" and not alias:  # a bare `load` would say too little
            AddImportsVisitor.add_needed_import(self.context, module)
            return f"{module}.{name}"
        if module.startswith("tui."):
            alias = alias or f"restored_{name}"
        AddImportsVisitor.add_needed_import(self.context, module, name, alias or None)
        return alias or name

    def _forget_import(self, function: cst.BaseExpression) -> None:
        """Remove the import of what is no longer called, unless it is used elsewhere."""
        for qualified in self._qualified(function):
            module, _, name = qualified.rpartition(".")
            RemoveImportsVisitor.remove_unused_import(self.context, module, name)

    # -- what the table does not know ---------------------------------------------------------------------------------

    def _look_up_name(self, node: cst.ImportFrom, module: str, name: str) -> None:
        if node.relative:
            return
        if (problem := missing_name(module, name)) is not None:
            kind, version = problem
            self.uses.append(OutdatedUse(self._line(node), kind, f"{module}.{name}", "", version, False))

    def _look_up_keywords(self, call: cst.Call) -> None:
        listed = {
            removal.keyword for removal in removals() if removal.keyword and removal.is_called(_last_name(call.func))
        }
        for argument in call.args:
            if argument.keyword is None or argument.keyword.value in listed:
                continue
            for qualified in self._qualified(call.func):
                if (version := unknown_keyword(qualified, argument.keyword.value)) is not None:
                    old = f"{argument.keyword.value}={_code(argument.value)}"
                    self.uses.append(OutdatedUse(self._line(argument), "unknown-keyword", old, "", version, False))

    def _line(self, node: cst.CSTNode) -> int:
        return int(self.get_metadata(PositionProvider, node).start.line)

    def _add(self, removal: Removal, node: cst.CSTNode, old: str, new: str, *, is_fixed: bool = True) -> None:
        line = self._line(node)
        if isinstance(node, cst.Call):  # a call may be many lines long: the line of the argument itself
            for argument in node.args:
                if argument.keyword and argument.keyword.value == (removal.keyword or removal.argument):
                    line = self._line(argument)
        self.uses.append(OutdatedUse(line, removal.id, old, new, removal.removed, is_fixed))


def _renamed(qualified: str) -> tuple[str | None, Removal | None]:
    """(`module:name` in its place, the rule about that name)."""
    for removal in removals():
        if removal.name:
            try:
                target = removal.renamed(qualified)
            except KeyError:
                continue
            is_there = target is not None and missing_name(*target.split(":")) is None
            return (target if is_there else None), removal
    return None, None


def _with_argument(args: Any, index: int, new: str) -> list[cst.Arg]:
    """The arguments with one replaced; without it when nothing replaces it."""
    arguments = list(args)
    if new:
        name, _, value = new.partition("=")
        arguments[index] = arguments[index].with_changes(keyword=cst.Name(name), value=cst.parse_expression(value))
        return arguments
    removed = arguments.pop(index)
    if arguments and index == len(arguments):
        arguments[-1] = arguments[-1].with_changes(comma=removed.comma)
    return arguments


def _last_name(function: cst.BaseExpression) -> str:
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)

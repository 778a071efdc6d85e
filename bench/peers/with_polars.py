"""The job in polars, with its streaming engine: with_polars.py INPUT OUT rows|whole"""

import sys

import polars as pl

source, out, job = sys.argv[1:]
col = pl.col

INTEGER = r"^[+-]?[0-9]+$"
UNSAFE = r"^[=+\-@]"


def tidy(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.replace_all(r"\s\s+|[^\S ]", " ")


def read_cells() -> pl.LazyFrame:
    """The cells by polars' own reader of CSV: its idea of quotes, raw text lost."""
    return pl.scan_csv(
        source,
        has_header=False,
        schema=dict.fromkeys(["name", "age", "field", "extra"], pl.String),
        missing_columns="insert",
        extra_columns="ignore",
        truncate_ragged_lines=True,
    ).with_columns(
        reason=pl.when(col("field").is_null() | col("extra").is_not_null())
        .then(pl.lit("field_count"))
    )


def read_lines() -> pl.LazyFrame:
    """The cells by hand, so that a refused record keeps its text and its line."""
    quoted = r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*'
    line = col("raw")
    has_quote = line.str.contains('"', literal=True)
    plain = pl.when(~has_quote).then(line).str.split_exact(",", 3)
    cells = pl.when(has_quote).then(line).str.extract_groups(
        f"^{quoted},{quoted},{quoted}$"
    )
    count = line.str.count_matches(",", literal=True)

    def cell(at: int) -> pl.Expr:
        ours = [col("cells").struct[2 * at], col("cells").struct[2 * at + 1]]
        return pl.coalesce(
            col("plain").struct[at], ours[0].str.replace_all('""', '"', literal=True), ours[1]
        )

    return (
        pl.scan_lines(source, name="raw", row_index_name="line", row_index_offset=1)
        .with_columns(has_quote=has_quote, plain=plain, cells=cells, count=count)
        .with_columns(name=cell(0), age=cell(1), field=cell(2))
        .with_columns(
            reason=pl.when(col("has_quote") & col("age").is_null())
            .then(pl.lit("bad_quote"))
            .when(~col("has_quote") & (col("count") != 2))
            .then(pl.lit("field_count"))
        )
    )


def judged(cells: pl.LazyFrame) -> pl.LazyFrame:
    return (
        cells.with_columns(
            name=tidy(col("name")).fill_null(""),
            age=col("age").str.strip_chars().fill_null(""),
            field=tidy(col("field")).fill_null(""),
        )
        .with_columns(years=col("age").cast(pl.Int64, strict=False))
        .with_columns(
            reason=pl.when(col("reason").is_not_null())
            .then(col("reason"))
            .when(col("name") == "")
            .then(pl.lit("blank_name"))
            .when(~col("name").str.contains(" ", literal=True))
            .then(pl.lit("one_word_name"))
            .when(~col("age").str.contains(INTEGER))
            .then(pl.lit("age_not_integer"))
            .when(~col("years").is_between(0, 150))
            .then(pl.lit("age_out_of_range"))
            .when(col("field") == "")
            .then(pl.lit("blank_field"))
            .when(col("name").str.contains(UNSAFE) | col("field").str.contains(UNSAFE))
            .then(pl.lit("unsafe_text"))
        )
    )


def students(records: pl.LazyFrame) -> pl.LazyFrame:
    name = col("name").str.to_uppercase().str.splitn(" ", 2)
    return records.filter(col("reason").is_null() & (col("years") > 20)).select(
        first_name=name.struct[0],
        last_name=name.struct[1],
        age=col("years").cast(pl.UInt8),
        field=col("field").str.to_uppercase(),
    )


def statistics(kept: pl.LazyFrame) -> pl.LazyFrame:
    age = col("age")
    return (
        kept.group_by("field")
        .agg(
            count=pl.len(), mean=age.mean(), min=age.min(), max=age.max(), median=age.median()
        )
        .sort("field")
    )


records = judged(read_lines() if job == "whole" else read_cells())
kept = students(records)
sinks = [
    kept.sink_csv(f"{out}/etudiants_transformed.csv", lazy=True),
    statistics(kept).sink_csv(f"{out}/statistics.csv", lazy=True),
]
if job == "whole":
    refused = records.filter(col("reason").is_not_null()).select("line", "reason", "raw")
    sinks.append(refused.sink_ndjson(f"{out}/rejects.jsonl", lazy=True))
pl.collect_all(sinks, engine="streaming")

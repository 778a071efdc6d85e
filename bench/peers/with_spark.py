"""The job in Apache Spark: spark-submit --master local[2] with_spark.py INPUT OUT rows|whole"""

import sys

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

source, out, job = sys.argv[1:]
spark = (
    SparkSession.builder.appName("students")
    .config("spark.sql.shuffle.partitions", 2)  # as many as cores, not as for a cluster
    .config("spark.ui.enabled", False)
    .getOrCreate()
)
col = F.col


def tidy(text: Column) -> Column:
    return F.regexp_replace(F.trim(text), r"\s\s+|[^\S ]", " ")


def read_cells() -> DataFrame:
    """The cells by Spark's own reader of CSV: its idea of quotes, raw text lost."""
    cells = spark.read.csv(
        source,
        schema="name string, age string, field string, extra string",
        escape='"',
        ignoreLeadingWhiteSpace=True,
    )
    count = col("field").isNull() | col("extra").isNotNull()
    return cells.withColumn("fault", F.when(count, "field_count"))


def read_lines() -> DataFrame:
    """The cells by hand, so that a refused record keeps its text; Spark counts no lines."""
    quoted = r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*'
    record = f"^{quoted},{quoted},{quoted}$"
    raw, has_quote, plain = col("value"), col("has_quote"), col("plain")

    def cell(at: int) -> Column:
        groups = [F.regexp_extract(raw, record, 2 * at + i) for i in (1, 2)]
        unquoted = F.regexp_replace(F.concat(*groups), '""', '"')
        return F.when(has_quote, unquoted).otherwise(plain.getItem(at))

    bad_quote = has_quote & ~raw.rlike(record)
    return (
        spark.read.text(source)
        .withColumns({"has_quote": raw.contains('"'), "plain": F.split(raw, ",")})
        .withColumn("fault", F.when(bad_quote, "bad_quote").when(
            ~has_quote & (F.size(plain) != 3), "field_count"))
        .withColumns({
            name: F.when(col("fault").isNull(), cell(at))
            for at, name in enumerate(["name", "age", "field"])
        })
    )


def is_unsafe(text: Column) -> Column:
    return F.substring(text, 1, 1).isin("=", "+", "-", "@")


name, age, field, years = col("name"), col("age"), col("field"), col("years")
records = (
    (read_lines() if job == "whole" else read_cells())
    .withColumns({
        "name": F.coalesce(tidy(name), F.lit("")),
        "age": F.coalesce(F.trim(age), F.lit("")),
        "field": F.coalesce(tidy(field), F.lit("")),
    })
    .withColumn("years", F.expr("try_cast(age AS bigint)"))
    .withColumn(
        "reason",
        F.when(col("fault").isNotNull(), col("fault"))
        .when(name == "", "blank_name")
        .when(~name.contains(" "), "one_word_name")
        .when(~age.rlike("^[+-]?[0-9]+$"), "age_not_integer")
        .when(years.isNull() | ~years.between(0, 150), "age_out_of_range")
        .when(field == "", "blank_field")
        .when(is_unsafe(name) | is_unsafe(field), "unsafe_text"),
    )
)
first_last = F.split(F.upper(name), " ", 2)
students = (
    records.where(col("reason").isNull() & (years > 20))
    .select(
        first_last.getItem(0).alias("first_name"),
        first_last.getItem(1).alias("last_name"),
        years.cast("short").alias("age"),
        F.upper(field).alias("field"),
    )
    .cache()
)
students.write.csv(f"{out}/etudiants_transformed.csv", header=True, escape='"')
students.groupBy("field").agg(
    F.count("*").alias("count"),
    F.mean("age").alias("mean"),
    F.min("age").alias("min"),
    F.max("age").alias("max"),
    F.median("age").alias("median"),
).coalesce(1).sort("field").write.csv(f"{out}/statistics.csv", header=True, escape='"')
if job == "whole":
    records.where(col("reason").isNotNull()).select("reason", col("value").alias("raw")).write.json(
        f"{out}/rejects.jsonl"
    )
spark.stop()

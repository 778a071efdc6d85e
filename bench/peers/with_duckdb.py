"""The job in DuckDB: with_duckdb.py INPUT OUT rows|whole"""

import sys

import duckdb

source, out, job = sys.argv[1:]
database = duckdb.connect()


def tidy(text: str) -> str:
    return rf"regexp_replace(trim({text}), '\s\s+|[^\S ]', ' ', 'g')"


# DuckDB's own reader of CSV leaves out what it cannot split into three cells
CELLS = f"""
    SELECT name, age, field, NULL AS fault
    FROM read_csv('{source}', auto_detect = false, header = false, delim = ',',
        quote = '"', escape = '"', ignore_errors = true, strict_mode = false,
        columns = {{'name': 'VARCHAR', 'age': 'VARCHAR', 'field': 'VARCHAR'}})"""

# by hand, so that a refused record keeps its text and its line
QUOTED = r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*'
GROUPS = "['q1', 'p1', 'q2', 'p2', 'q3', 'p3']"


def cell(at: int) -> str:
    by_quotes = f"replace(q.q{at} || q.p{at}, '\"\"', '\"')"
    return f"CASE WHEN has_quote THEN {by_quotes} ELSE coalesce(p[{at}], '') END"


LINES = f"""
    SELECT line, raw, {cell(1)} AS name, {cell(2)} AS age, {cell(3)} AS field,
        CASE WHEN has_quote AND q.q2 || q.p2 = '' THEN 'bad_quote'
            WHEN NOT has_quote AND len(p) <> 3 THEN 'field_count' END AS fault
    FROM (
        SELECT line, raw, has_quote,
            CASE WHEN NOT has_quote THEN string_split(raw, ',') END AS p,
            CASE WHEN has_quote
                THEN regexp_extract(raw, '^{QUOTED},{QUOTED},{QUOTED}$', {GROUPS}) END AS q
        FROM (
            SELECT row_number() OVER () AS line, raw, contains(raw, '"') AS has_quote
            FROM read_csv('{source}', auto_detect = false, header = false, delim = '\x01',
                quote = '', escape = '', columns = {{'raw': 'VARCHAR'}})))"""

place = "line, raw," if job == "whole" else ""
database.execute(f"""
    CREATE TEMP TABLE records AS
    WITH tidied AS (
        SELECT {place} fault, {tidy("name")} AS name, trim(coalesce(age, '')) AS age,
            {tidy("field")} AS field
        FROM ({LINES if job == "whole" else CELLS})),
    judged AS (
        SELECT {place} name, field, TRY_CAST(age AS BIGINT) AS years, CASE
            WHEN fault IS NOT NULL THEN fault
            WHEN name IS NULL OR name = '' THEN 'blank_name'
            WHEN NOT contains(name, ' ') THEN 'one_word_name'
            WHEN NOT regexp_full_match(age, '[+-]?[0-9]+') THEN 'age_not_integer'
            WHEN years IS NULL OR years NOT BETWEEN 0 AND 150 THEN 'age_out_of_range'
            WHEN field IS NULL OR field = '' THEN 'blank_field'
            WHEN name[1] IN ('=', '+', '-', '@') OR field[1] IN ('=', '+', '-', '@')
                THEN 'unsafe_text' END AS reason
        FROM tidied)
    SELECT {place} reason,
        upper(name[:strpos(name, ' ') - 1]) AS first_name,
        upper(name[strpos(name, ' ') + 1:]) AS last_name,
        TRY_CAST(years AS UTINYINT) AS age, upper(field) AS field
    FROM judged
    WHERE {"reason IS NOT NULL OR" if job == "whole" else "reason IS NULL AND"} years > 20""")
database.execute(f"""
    COPY (SELECT first_name, last_name, age, field FROM records WHERE reason IS NULL)
    TO '{out}/etudiants_transformed.csv' (HEADER)""")
database.execute(f"""
    COPY (SELECT field, count(*) AS count, avg(age) AS mean, min(age) AS min,
        max(age) AS max, median(age) AS median
        FROM records WHERE reason IS NULL GROUP BY field ORDER BY field)
    TO '{out}/statistics.csv' (HEADER)""")
if job == "whole":
    database.execute(f"""
        COPY (SELECT line, reason, raw FROM records WHERE reason IS NOT NULL)
        TO '{out}/rejects.jsonl' (FORMAT json)""")

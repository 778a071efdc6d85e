"""The job in ClickHouse, as chdb runs it in a process: with_clickhouse.py INPUT OUT rows|whole"""

import sys

from chdb.session import Session

source, out, job = sys.argv[1:]
session = Session()


def tidy(text: str) -> str:
    return rf"replaceRegexpAll(trimBoth({text}), '\\s\\s+|[^\\S ]', ' ')"


# by ClickHouse's own reader of CSV: its idea of quotes, raw text lost
CELLS = f"""
    SELECT name, age, field, if(extra != '' OR field = '', 'field_count', '') AS fault
    FROM file('{source}', CSV, 'name String, age String, field String, extra String')"""

# by hand, so that a refused record keeps its text and its line
QUOTED = r'\\s*(?:"((?:[^"]|"")*)"|([^",]*))\\s*'
RECORD = f"^{QUOTED},{QUOTED},{QUOTED}$"


def cell(at: int) -> str:
    by_quotes = f"replaceAll(concat(q[{2 * at - 1}], q[{2 * at}]), '\"\"', '\"')"
    return f"if(has_quote, {by_quotes}, p[{at}])"


LINES = f"""
    SELECT number, raw, {cell(1)} AS name, {cell(2)} AS age, {cell(3)} AS field,
        multiIf(has_quote AND empty(q), 'bad_quote',
            NOT has_quote AND length(p) != 3, 'field_count', '') AS fault
    FROM (
        SELECT _row_number + 1 AS number, line AS raw,
            position(raw, '"') > 0 AS has_quote,
            if(has_quote, [], splitByChar(',', raw)) AS p,
            if(has_quote, extractGroups(raw, '{RECORD}'), []) AS q
        FROM file('{source}', LineAsString))"""

place = "number, raw," if job == "whole" else ""
session.query(f"""
    CREATE TABLE records ENGINE = Memory AS
    WITH tidied AS (
        SELECT {place} fault, {tidy("name")} AS name, trimBoth(age) AS age,
            {tidy("field")} AS field, toInt64OrNull(age) AS years
        FROM ({LINES if job == "whole" else CELLS})),
    judged AS (
        SELECT {place} name, field, years, multiIf(
            fault != '', fault,
            name = '', 'blank_name',
            position(name, ' ') = 0, 'one_word_name',
            NOT match(age, '^[+-]?[0-9]+$'), 'age_not_integer',
            years IS NULL OR years NOT BETWEEN 0 AND 150, 'age_out_of_range',
            field = '', 'blank_field',
            substring(name, 1, 1) IN ('=', '+', '-', '@')
                OR substring(field, 1, 1) IN ('=', '+', '-', '@'), 'unsafe_text',
            '') AS reason
        FROM tidied)
    SELECT {place} reason,
        upperUTF8(substring(name, 1, position(name, ' ') - 1)) AS first_name,
        upperUTF8(substring(name, position(name, ' ') + 1)) AS last_name,
        if(reason = '', assumeNotNull(years), 0)::UInt8 AS student_age,
        upperUTF8(field) AS field_name
    FROM judged
    WHERE {"reason != '' OR" if job == "whole" else "reason = '' AND"} years > 20
    SETTINGS input_format_csv_allow_variable_number_of_columns = 1""")
session.query(f"""
    INSERT INTO FUNCTION file('{out}/etudiants_transformed.csv', CSVWithNames)
    SELECT first_name, last_name, student_age AS age, field_name AS field
    FROM records WHERE reason = ''""")
session.query(f"""
    INSERT INTO FUNCTION file('{out}/statistics.csv', CSVWithNames)
    SELECT field_name AS field, count() AS count, avg(student_age) AS mean,
        min(student_age) AS min, max(student_age) AS max,
        quantileExactInclusive(0.5)(student_age) AS median
    FROM records WHERE reason = '' GROUP BY field ORDER BY field""")
if job == "whole":
    session.query(f"""
        INSERT INTO FUNCTION file('{out}/rejects.jsonl', JSONEachRow)
        SELECT number AS line, reason, raw FROM records WHERE reason != ''
        SETTINGS output_format_json_quote_64bit_integers = 0""")
session.close()

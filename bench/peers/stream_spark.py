"""A topic into CSV files with PySpark Structured Streaming, each record once.

spark-submit --master local[2] stream_spark.py PORT CERTIFICATES TOPIC OUT

Prints how many seconds the query took, without Spark's own start.
"""

import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

port, certificates, topic, out = sys.argv[1:]
spark = (
    SparkSession.builder.appName("students")
    .config("spark.ui.enabled", False)
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

messages = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", f"127.0.0.1:{port}")
    .option("kafka.security.protocol", "SSL")
    .option("kafka.ssl.truststore.type", "PEM")
    .option("kafka.ssl.truststore.location", f"{certificates}/ca.pem")
    .option("kafka.ssl.keystore.type", "PEM")
    .option("kafka.ssl.keystore.location", f"{certificates}/service.pem")
    .option("subscribe", topic)
    .option("startingOffsets", "earliest")
    .load()
)
cells = F.split(F.col("value").cast("string"), ",")
name = F.split(F.trim(cells[0]), r"\s+", 2)
students = messages.select(
    F.upper(name[0]).alias("first_name"),
    F.upper(name[1]).alias("last_name"),
    F.trim(cells[1]).try_cast("int").alias("age"),
    F.upper(F.trim(cells[2])).alias("field"),
).where((F.col("age") > 20) & F.col("last_name").isNotNull() & F.col("field").isNotNull())

started = time.monotonic()
query = (
    students.writeStream.format("csv")
    .option("path", f"{out}/students")
    .option("checkpointLocation", f"{out}/checkpoint")
    .trigger(availableNow=True)
    .start()
)
query.awaitTermination()
print(time.monotonic() - started)

"""Executes notebooks in JupyterLab's own kernel, as nbclient does it.

A list of jobs comes on standard input, {"notebook": …, "folder": …}, and the executed
notebooks go to standard output in the same order.
"""

import asyncio
import json
import sys

import nbformat
from nbclient import NotebookClient


async def execute(job, gate):
    async with gate:
        notebook = nbformat.from_dict(job["notebook"])
        client = NotebookClient(
            notebook,
            kernel_name="deno",
            timeout=60,
            resources={"metadata": {"path": job["folder"]}},
        )
        await client.async_execute()
        return notebook


async def main():
    gate = asyncio.Semaphore(2)
    jobs = json.load(sys.stdin)
    json.dump(await asyncio.gather(*(execute(job, gate) for job in jobs)), sys.stdout)


asyncio.run(main())

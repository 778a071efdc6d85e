/** Preloaded into a process that is measured: at its end it tells its peak memory, in KiB. */
import process from "node:process";

addEventListener("unload", () => {
  console.error(`peak ${process.resourceUsage().maxRSS} KiB`);
});

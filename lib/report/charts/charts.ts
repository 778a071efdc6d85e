/**
 * The charts as Vega-Lite specs: average age by field, distribution of ages, and bars. They
 * are pure and hold their rows already computed, so that the page, a notebook and a live
 * page draw the same. Names of the data are values in rows, never names of columns: there,
 * Vega-Lite would read dots and brackets as paths.
 */
export type { OverviewOptions } from "./rows.ts";
export type { ChartOptions, Scale, Spec } from "./base.ts";
export { overviewAges, overviewChart, overviewScale } from "./overview.ts";
export {
  type AgeAxes,
  ageAxes,
  ageChart,
  type AgeChartOptions,
  ageScaleChart,
} from "./ages.ts";
export { type Bar, barChart, funnelBars, rejectBars } from "./bars.ts";

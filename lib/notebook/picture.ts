/**
 * A chart as a picture: for viewers without Vega, and for the page of a run. Load this file
 * only when something is drawn: Vega takes a while.
 */
import { FONTS, type Spec } from "../report/charts/base.ts";
import { drawSvg } from "../report/charts/svg.ts";
import { LIGHT, VARIABLES } from "../report/theme.ts";

/** Returns the chart as an SVG file that stands alone, on white paper. */
export async function pictureOf(spec: Spec): Promise<string> {
  const svg = await drawSvg(spec);
  const font = FONTS.replaceAll('"', "'");
  return svg.replace(
    /^<svg ([^>]*)>/,
    (_, size) =>
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${font}" font-size="12">` +
      `<rect width="100%" height="100%" fill="${LIGHT.paper}"/>`,
  );
}

const COLOURS: ReadonlyMap<unknown, string> = new Map(
  Object.entries(LIGHT).map(([name, colour]) => [
    colour,
    VARIABLES[name as keyof typeof VARIABLES],
  ]),
);

/** Returns the chart as an `<svg>` element whose colours follow the page's light and dark. */
export function figureOf(spec: Spec): Promise<string> {
  const themed: Spec = JSON.parse(
    JSON.stringify(spec, (_, value) => COLOURS.get(value) ?? value),
  );
  return drawSvg({ ...themed, background: "transparent" });
}

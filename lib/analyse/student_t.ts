/**
 * Student's t distribution, as far as an interval of a mean needs it.
 */
import { bisect, gammaln } from "simple-statistics";

/** How finely the density is integrated; must be even. */
const STEPS = 400;

/**
 * Returns the value below which a share `p` of Student's t distribution lies.
 *
 * With t = √ν·tan θ the distribution becomes the integral of cos^(ν−1) θ over a bounded
 * range, which Simpson's rule takes to ten digits.
 *
 * @param p The share, above 0 and below 1.
 * @param degrees Degrees of freedom ν, whole or not, at least 1.
 * @throws {RangeError} If `p` or `degrees` is out of range.
 */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`A share is between 0 and 1, not ${p}`);
  if (!(degrees >= 1)) {
    throw new RangeError(`Degrees of freedom are 1 at least, not ${degrees}`);
  }
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  const scale = Math.exp(gammaln((degrees + 1) / 2) - gammaln(degrees / 2)) /
    Math.sqrt(Math.PI);
  const missing = (angle: number): number =>
    0.5 + scale * integrate((at) => Math.cos(at) ** (degrees - 1), angle) - p;
  // with many degrees all lies within 40 standard deviations, on a sliver of the range
  const widest = Math.min(Math.PI / 2, 40 / Math.sqrt(degrees));
  const angle = bisect(missing, 0, widest, 200, widest * 1e-15);
  return Math.sqrt(degrees) * Math.tan(angle);
}

/** Returns the integral of the function from 0 to `end`, by Simpson's rule. */
function integrate(f: (at: number) => number, end: number): number {
  const step = end / STEPS;
  let sum = f(0) + f(end);
  for (let i = 1; i < STEPS; i++) sum += (i % 2 === 0 ? 2 : 4) * f(i * step);
  return sum * step / 3;
}

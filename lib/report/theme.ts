/**
 * The colours of the page in light and dark, and which of them meet: a test checks the
 * contrast of every such pair.
 */

/** The name of a colour; on the page the CSS variable `--name`. */
export type ColourName =
  | "paper"
  | "card"
  | "ink"
  | "muted"
  | "line"
  | "main"
  | "band"
  | "accent"
  | "grey"
  | "link";

/** A colour for each name. */
export type Theme = Readonly<Record<ColourName, string>>;

/** For white paper and light screens. */
export const LIGHT: Theme = {
  paper: "#ffffff",
  card: "#f4f6f8",
  ink: "#1b1f24",
  muted: "#57606a",
  line: "#d8dee4",
  main: "#0060a8",
  band: "#a9cbe6",
  accent: "#b3470b",
  grey: "#848c95",
  link: "#0550ae",
};

/** For dark screens. */
export const DARK: Theme = {
  paper: "#0d1117",
  card: "#171d25",
  ink: "#e6edf3",
  muted: "#9aa4af",
  line: "#30363d",
  main: "#5aaef0",
  band: "#27547a",
  accent: "#f0965a",
  grey: "#7d8793",
  link: "#79b8ff",
};

/** The colours as CSS variables: inside the page they follow light and dark by themselves. */
export const VARIABLES = Object.fromEntries(
  Object.keys(LIGHT).map((name) => [name, `var(--${name})`]),
) as Theme;

/** Two colours that touch on the page, and the contrast that WCAG 2.2 AA asks for. */
export interface Pair {
  readonly front: ColourName;
  readonly back: ColourName;
  /** 4.5 for text, 3 for marks that carry meaning. */
  readonly contrast: 4.5 | 3;
}

/** Every pair of colours that must be told apart. */
export const PAIRS: readonly Pair[] = [
  { front: "ink", back: "paper", contrast: 4.5 },
  { front: "ink", back: "card", contrast: 4.5 },
  { front: "muted", back: "paper", contrast: 4.5 },
  { front: "muted", back: "card", contrast: 4.5 },
  { front: "link", back: "paper", contrast: 4.5 },
  { front: "link", back: "card", contrast: 4.5 },
  { front: "paper", back: "ink", contrast: 4.5 }, // the tip
  { front: "accent", back: "paper", contrast: 4.5 },
  { front: "main", back: "paper", contrast: 3 },
  { front: "main", back: "card", contrast: 3 },
  { front: "grey", back: "paper", contrast: 3 },
  { front: "muted", back: "paper", contrast: 3 },
  { front: "main", back: "band", contrast: 3 }, // the outline of the middle half
  { front: "accent", back: "band", contrast: 3 }, // the average on the middle half
  { front: "ink", back: "band", contrast: 3 }, // the median on the middle half
];

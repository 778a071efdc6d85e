/**
 * Makes Vega's SVG fit for the page: only the elements and attributes that draw something
 * pass, everything else is dropped; numbers are rounded, empty groups removed, and what all
 * children of a group have in common is said once.
 */
import { escapeHtml } from "../html.ts";

/** An element of the drawing. */
interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Node[];
}

/** An element or a text. */
type Node = Element | string;

/** The attributes that pass, by element; `svg` gets its own at the end. */
const PAINT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "transform",
];
const TEXT = ["x", "y", "dy", "text-anchor", "font-size", "font-weight"];
const ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ["svg", ["viewBox"]],
  ["g", PAINT],
  ["path", [...PAINT, "d", "aria-label"]],
  ["line", [...PAINT, "x1", "y1", "x2", "y2"]],
  ["text", [...PAINT, ...TEXT]],
  ["tspan", TEXT],
]);
/** Attributes that a group hands down to its children. */
const INHERITED = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "text-anchor",
  "font-size",
  "font-weight",
];
/** What has no effect, and need not be said. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["opacity", "1"],
  ["transform", "translate(0,0)"],
  ["font-size", "12"], // the page's style sheet says so
  ["x2", "0"],
  ["y2", "0"],
]);

/**
 * Returns the drawing as one `<svg>` element, smaller and harmless.
 *
 * @throws {TypeError} If the text is not an SVG drawing as Vega writes them.
 */
export function cleanSvg(svg: string): string {
  const root = parse(svg);
  if (root.name !== "svg") throw new TypeError("The drawing does not begin with <svg>");
  const viewBox = root.attributes.get("viewBox") ?? "";
  const [, , width, height] = viewBox.split(" ");
  const children = root.children.map(simplify).filter((node) => node !== undefined);
  return `<svg width="${width}" height="${height}" viewBox="${viewBox}">${
    children.map(write).join("")
  }</svg>`;
}

/** Returns the drawing as a tree; Vega's SVG is well-formed and holds no comments. */
function parse(svg: string): Element {
  const open: { name: string; attributes: Map<string, string>; children: Node[] }[] = [
    { name: "", attributes: new Map(), children: [] },
  ];
  for (const [token] of svg.matchAll(/<[^>]+>|[^<]+/g)) {
    const parent = open.at(-1)!;
    if (!token.startsWith("<")) parent.children.push(decode(token));
    else if (token.startsWith("</")) open.pop();
    else {
      const element = { ...parseTag(token), children: [] };
      parent.children.push(element);
      if (!token.endsWith("/>")) open.push(element);
    }
  }
  const root = open[0]!.children[0];
  if (open.length !== 1 || root === undefined || typeof root === "string") {
    throw new TypeError("The drawing is not well-formed");
  }
  return root;
}

function parseTag(tag: string): { name: string; attributes: Map<string, string> } {
  const name = /^<([a-zA-Z]+)/.exec(tag)?.[1] ?? "";
  const allowed = ATTRIBUTES.get(name) ?? [];
  const attributes = new Map<string, string>();
  for (const [, key, value] of tag.matchAll(/ ([a-zA-Z0-9:-]+)="([^"]*)"/g)) {
    if (!allowed.includes(key!)) continue;
    const tidy = key === "aria-label" ? decode(value!) : shorten(key!, decode(value!));
    if (DEFAULTS.get(key!) !== tidy) attributes.set(key!, tidy);
  }
  return { name, attributes };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&amp;": "&",
  "&#x9;": "\t",
  "&#xA;": "\n",
  "&#xD;": "\r",
};

function decode(text: string): string {
  return text.replace(/&(?:lt|gt|quot|amp|#x9|#xA|#xD);/g, (entity) => ENTITIES[entity]!);
}

/** Rounds lengths to a tenth of a pixel, which nobody sees. */
function shorten(key: string, value: string): string {
  if (key === "font-size") return value.replace("px", "");
  if (key === "fill" || key === "stroke") return value;
  return value.replace(/-?\d+\.\d+(?:e-\d+)?/g, (digits) => {
    const rounded = Math.round(Number(digits) * 10) / 10;
    return String(rounded === 0 ? 0 : rounded); // no "-0"
  });
}

/** Returns the node without what draws nothing; `undefined` where nothing is left. */
function simplify(node: Node): Node | undefined {
  if (typeof node === "string") return node;
  if (!ATTRIBUTES.has(node.name)) return undefined;
  const children = node.children.map(simplify).filter((child) => child !== undefined);
  if (node.name === "g") return group({ ...node, children });
  if (isInvisible(node)) return undefined;
  return place({ ...node, children });
}

/** Vega puts an empty path before and after each group. */
function isInvisible({ name, attributes, children }: Element): boolean {
  if (name === "text") return children.length === 0;
  if (name !== "path" || attributes.has("aria-label")) return false;
  const path = attributes.get("d") ?? "";
  return path === "" || path === "M0,0h0v0h0Z" ||
    !attributes.has("fill") && !attributes.has("stroke");
}

function group(node: Element): Node | undefined {
  if (node.children.length === 0) return undefined;
  const attributes = new Map(node.attributes);
  let children = node.children;
  for (const key of INHERITED) {
    const [first, ...others] = children;
    const value = typeof first === "string" ? undefined : first!.attributes.get(key);
    const isShared = others.every((child) => valueOf(child, key) === value);
    if (value === undefined || !isShared) continue;
    attributes.set(key, value);
    children = children.map((child) => without(child, key));
  }
  if (attributes.size === 0 && children.length === 1) return children[0];
  return { ...node, attributes, children };
}

function valueOf(node: Node, key: string): string | undefined {
  return typeof node === "string" ? undefined : node.attributes.get(key);
}

function without(node: Node, key: string): Node {
  if (typeof node === "string") return node;
  return {
    ...node,
    attributes: new Map([...node.attributes].filter(([name]) => name !== key)),
  };
}

/** Says the place of lines and texts by coordinates: shorter than a transform. */
function place(node: Element): Element {
  const at = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/.exec(
    node.attributes.get("transform") ?? "",
  );
  if (at === null || node.name === "path" || node.children.some(isElement)) return node;
  const [x, y] = [Number(at[1]), Number(at[2])];
  const attributes = new Map(node.attributes);
  attributes.delete("transform");
  const put = (key: string, from: number): void => {
    const sum = Math.round((Number(node.attributes.get(key) ?? 0) + from) * 10) / 10;
    if (sum !== 0) attributes.set(key, String(sum));
    else attributes.delete(key);
  };
  if (node.name === "line") {
    put("x1", x);
    put("y1", y);
    put("x2", x);
    put("y2", y);
  } else {
    put("x", x);
    put("y", y);
  }
  return { ...node, attributes };
}

function isElement(node: Node): boolean {
  return typeof node !== "string";
}

function write(node: Node): string {
  if (typeof node === "string") return escapeHtml(node);
  const attributes = [...node.attributes].map(([key, value]) =>
    ` ${key === "aria-label" ? "data-tip" : key}="${escapeHtml(value)}"`
  ).join("");
  const content = node.children.map(write).join("");
  return content === ""
    ? `<${node.name}${attributes}/>`
    : `<${node.name}${attributes}>${content}</${node.name}>`;
}

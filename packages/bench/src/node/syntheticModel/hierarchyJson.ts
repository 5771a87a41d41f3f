import { FormatError } from "@monosema/tensor";
import type { Hierarchy } from "../../coefficients/hierarchy.js";
import { files } from "./files.js";

/** A node of SAELens' `hierarchy.json`. */
export interface HierarchyNode {
  /** The feature; null for a node that only groups. */
  readonly feature_index: number | null;
  /** At most one child is active. */
  readonly mutually_exclusive_children: boolean;
  /** Children are multiplied by this feature's value over its mean. */
  readonly scale_children_by_parent?: boolean;
  /** A name; not used. */
  readonly feature_id?: string | null;
  /** Children. */
  readonly children?: readonly HierarchyNode[];
}

/** The forest as SAELens writes it. */
export function toHierarchyJson(
  { parentOf, firstChild, childCount, exclusive, size }: Hierarchy,
  scaleByParent: boolean,
): { roots: HierarchyNode[] } {
  const node = (feature: number): HierarchyNode => {
    const first = firstChild[feature] as number;
    const count = childCount[feature] as number;
    return {
      feature_index: feature,
      mutually_exclusive_children: exclusive[feature] === 1,
      scale_children_by_parent: scaleByParent && count > 0,
      feature_id: null,
      children: Array.from({ length: count }, (_, i) => node(first + i)),
    };
  };
  const roots = Array.from({ length: size }, (_, feature) => feature).filter((i) => (parentOf[i] as number) < 0);
  return { roots: roots.map(node) };
}

/**
 * The forest that SAELens wrote.
 *
 * @param n - number of features
 * @throws FormatError `bad-hierarchy` where a node groups without a feature, siblings do not stand together, a feature stands twice or
 * is none, or only some parents scale their children
 */
export function fromHierarchyJson(
  roots: readonly HierarchyNode[],
  n: number,
): { hierarchy: Hierarchy; scaleByParent: boolean } {
  const parentOf = new Int32Array(n).fill(-1);
  const firstChild = new Int32Array(n);
  const childCount = new Int32Array(n);
  const exclusive = new Uint8Array(n);
  const seen = new Set<number>();
  const scales = new Set<boolean>();
  const take = ({ feature_index: feature }: HierarchyNode): number => {
    if (
      !Number.isInteger(feature) ||
      (feature as number) < 0 ||
      (feature as number) >= n ||
      seen.has(feature as number)
    ) {
      refuse(`every node must hold a feature of its own from 0 to ${n - 1}, got ${feature}`);
    }
    seen.add(feature as number);
    return feature as number;
  };
  const visit = (node: HierarchyNode, feature: number): void => {
    const { children = [] } = node;
    const indices = children.map(take);
    childCount[feature] = children.length;
    firstChild[feature] = indices[0] ?? 0;
    exclusive[feature] = node.mutually_exclusive_children && children.length > 0 ? 1 : 0;
    if (children.length > 0) scales.add(node.scale_children_by_parent ?? false);
    indices.forEach((child, i) => {
      if (child !== (indices[0] as number) + i)
        refuse(`siblings must have consecutive features, got ${indices.join(", ")}`);
      parentOf[child] = feature;
      visit(children[i] as HierarchyNode, child);
    });
  };
  for (const root of roots) visit(root, take(root));
  if (scales.size > 1) refuse("all parents or none must scale their children, got both");
  const size = seen.size === 0 ? 0 : Math.max(...seen) + 1;
  return { hierarchy: { parentOf, firstChild, childCount, exclusive, size }, scaleByParent: scales.has(true) };
}

function refuse(problem: string): never {
  throw new FormatError("bad-hierarchy", `${problem}; such a forest is not supported`, { file: files.hierarchy });
}

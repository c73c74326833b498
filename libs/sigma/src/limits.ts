/** Bounds on what a rule may cost to load. Rules come from strangers, so every one of them is enforced. */
export interface Limits {
  /** Characters of one file. */
  fileCharacters: number;
  /** Documents in one file. */
  documents: number;
  /** YAML nodes of one document after its aliases are resolved: what an alias bomb blows up. */
  nodes: number;
  /** Nesting of YAML nodes. */
  depth: number;
  /** Characters of one regular expression. */
  patternCharacters: number;
  /**
   * Instructions of one compiled expression. The time that a text costs at worst is its length times this: `.{0,900}` has 1,800, and takes
   * 1.5 s for 100 KB.
   */
  patternInstructions: number;
  /** Characters of one string value. */
  valueCharacters: number;
  /** Values of one field after modifiers and placeholders have multiplied them. */
  values: number;
  /** Words and brackets in one condition. */
  conditionTokens: number;
  /** Longest timespan of a correlation, ms. */
  timespanMs: number;
  /** Largest count of events, values or rules that a correlation may wait for: it bounds the memory of a group. */
  correlationCount: number;
  /** How many correlations may stand on top of each other. */
  chainDepth: number;
}

const DAY = 86_400_000;

export const DEFAULT_LIMITS: Readonly<Limits> = {
  fileCharacters: 4 * 1024 * 1024,
  documents: 5000,
  nodes: 50_000,
  depth: 40,
  patternCharacters: 4000,
  patternInstructions: 5000,
  valueCharacters: 32_768,
  values: 20_000,
  conditionTokens: 2000,
  timespanMs: 31 * DAY,
  correlationCount: 10_000,
  chainDepth: 8,
};

/** For rules that a tenant writes: DESIGN §12 and requirement R40 bound their patterns at 1,000 characters. */
export const TENANT_LIMITS: Readonly<Limits> = {
  ...DEFAULT_LIMITS,
  fileCharacters: 512 * 1024,
  documents: 200,
  patternCharacters: 1000,
  patternInstructions: 1200,
  values: 5000,
};

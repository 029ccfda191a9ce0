export interface Question {
  readonly password: string;
  readonly words: readonly string[];
}

export type Answer = { readonly log10: number } | { readonly failed: string };

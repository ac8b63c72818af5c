// Tokens of a target, as the connection sees them: one writer elsewhere makes them. Pure types.

export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string /** Epoch ms. */; readonly expiresAt: number }
  /** The ERP refused the credential. Trying again at once would lock the account. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The ERP did not answer the login. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface TargetTokens {
  /** @param stale a token the ERP no longer takes; null: any good one will do */
  get(targetId: string, stale: string | null): Promise<TokenAnswer>;
}

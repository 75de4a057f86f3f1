/**
 * What a verification answers: accepted, refused with one reason, or unknown with one reason.
 */

export const CHECKS = Object.freeze([
  'size', 'unpack', 'shape', 'headers', 'signature', 'validity', 'holder_proof', 'status', 'purpose', 'replay',
]);

export const REFUSALS = Object.freeze([
  'malformed', 'unsupported_format', 'unknown_issuer', 'unknown_key', 'bad_signature', 'expired', 'not_yet_valid',
  'holder_proof_missing', 'holder_proof_invalid', 'stale_presentation', 'replayed', 'revoked', 'suspended', 'out_of_scope',
  'not_entitled',
]);

export const UNKNOWNS = Object.freeze(['status_unknown', 'online_required', 'clock_unsure']);

/**
 * @typedef {object} Verdict
 * @property {'accepted' | 'refused' | 'unknown'} outcome
 * @property {string | null} reason
 * @property {number} check the number (1 to 10) of the check that decided; 10 when accepted
 * @property {number} asOf seconds: the moment that the answer speaks for
 * @property {import('./claims.js').Assurance | null} assurance
 * @property {{tier: string, name: string, validUntil: number, relation: string | null} | null} card null unless accepted
 * @property {{sub: string, nonce: string} | null} presentation what may be accepted once, as soon as it is authentic
 */

/** Leaves a check early; never seen outside the verifier. */
export class Refusal extends Error {
  /** @param {number} check @param {string} reason */
  constructor(check, reason) {
    super(reason);
    this.check = check;
    this.reason = reason;
  }
}

/**
 * The verifier: ten checks in this order, the same as in Python (`suchang.credentials.verify.verifier`).
 *
 *  1 size and alphabet
 *  2 unpack and inflate within the cap
 *  3 shapes, strict JSON
 *  4 headers: `typ`, nothing but the known members; the ring by (`iss`, `kid`), `alg` of that key, its active period
 *  5 issuer signature
 *  6 `vct` and what it demands, `nbf`, `exp`
 *  7 holder proof where `cnf` demands it: signature, `aud`, `sd_hash`, freshness
 *  8 status
 *  9 purpose: the desk's scope, the bit of the domain, the kind of credential
 * 10 replay
 *
 * A refusal ends the checks. A doubt doesn't: what would be refused anyway is refused, what is left is unknown and burns no
 * nonce, so it may be tried again.
 */

import { ALGORITHMS } from './algorithms.js';
import { profileOf, readCredential, readProof, refusalOfHeader } from './claims.js';
import { compact, readText, sha256Text, unpack } from './qr_text.js';
import { parseObject } from './strict_json.js';
import { Refusal, UNKNOWNS } from './verdict.js';

export const DESK_AUDIENCE = 'urn:suchang:desk';
/** A holder proof may be this many seconds ahead of the verifier's clock, and this many old; an online code as well. */
export const MAX_AHEAD = 10;
export const MAX_AGE = 50;
/** Seconds that a desk's challenge lives. */
export const CHALLENGE_LIFE = 60;
/** Seconds by which an issuer's clock may be ahead. */
const SKEW = 60;

/**
 * @typedef {object} Purpose
 * @property {string} domain the benefit domain that is asked for
 * @property {number} bit its place in `dom`
 * @property {boolean} [inScope] whether this desk may ask for it (default true)
 * @property {import('./claims.js').Assurance[]} [accepts] the kinds of credential that the item takes (default all)
 * @property {number} [maxStatusAge] seconds that a status may be old
 *
 * @typedef {object} Challenge what this desk showed
 * @property {string} audience
 * @property {string} nonce 22 characters
 * @property {number} issuedAt seconds
 *
 * @typedef {object} StatusAnswer
 * @property {'valid' | 'revoked' | 'suspended' | 'status_unknown' | 'online_required'} state
 * @property {number} asOf seconds
 *
 * @typedef {object} Trust what the verifier knows
 * @property {number} now whole seconds
 * @property {boolean} clockSure
 * @property {import('./key_ring.js').KeyRing} ring
 * @property {(credential: import('./claims.js').Credential) => StatusAnswer} status
 * @property {((presentation: string, now: number) => Promise<boolean>) | null} replay true the first time, false ever after
 */

/**
 * Verify one presentation.
 *
 * @param {unknown} text
 * @param {Purpose | null} purpose null: check 9 is not asked
 * @param {Challenge | null} challenge
 * @param {Trust} trust
 * @returns {Promise<import('./verdict.js').Verdict>} never rejects for any text
 */
export async function verify(text, purpose, challenge, trust) {
  const run = new Verification(purpose, challenge, trust);
  try {
    await run.checks(text);
    return run.verdict();
  } catch (error) {
    if (error instanceof Refusal) return run.verdict(error);
    throw error;
  }
}

class Verification {
  /** @param {Purpose | null} purpose @param {Challenge | null} challenge @param {Trust} trust */
  constructor(purpose, challenge, trust) {
    this.purpose = purpose;
    this.challenge = challenge;
    this.trust = trust;
    this.asOf = trust.now;
    /** @type {import('./claims.js').Credential | null} known once the issuer's signature is good */
    this.credential = null;
    /** @type {import('./claims.js').Assurance | null} */
    this.assurance = null;
    /** @type {{sub: string, nonce: string} | null} what may be accepted once */
    this.presentation = null;
    /** @type {Refusal | null} the first doubt */
    this.doubt = trust.clockSure ? null : new Refusal(6, 'clock_unsure');
  }

  /** @param {unknown} text */
  async checks(text) {
    const parts = await this.parts(text);
    const { credential, proof, headers } = this.shapes(parts);
    const key = this.key(headers, credential);
    // 5. The issuer's signature.
    if (!(await ALGORITHMS[key.alg].verify(key.key, parts[0].signature, parts[0].signed))) {
      throw new Refusal(5, 'bad_signature');
    }
    this.credential = credential;
    this.validity(credential);
    await this.holder(parts, credential, proof);
    this.status(credential);
    this.scope(credential);
    await this.replay();
  }

  /** @param {Refusal | null} [end] @returns {import('./verdict.js').Verdict} */
  verdict(end = this.doubt) {
    const outcome = end === null ? 'accepted' : UNKNOWNS.includes(end.reason) ? 'unknown' : 'refused';
    const shown = outcome === 'accepted' ? this.credential : null;
    return {
      outcome,
      reason: end?.reason ?? null,
      check: end?.check ?? 10,
      asOf: this.asOf,
      assurance: this.assurance,
      card: shown && { tier: shown.tier, name: shown.name, validUntil: shown.exp, relation: shown.rel },
      presentation: this.presentation,
    };
  }

  /** Checks 1 and 2. @param {unknown} text */
  async parts(text) {
    const bytes = readText(text);
    if (typeof bytes === 'string') throw new Refusal(1, bytes);
    const parts = await unpack(bytes);
    if (parts === null) throw new Refusal(2, 'malformed');
    return parts;
  }

  /** Check 3. @param {import('./qr_text.js').Part[]} parts */
  shapes(parts) {
    const headers = parts.map((part) => parseObject(part.header) ?? malformed(3));
    const payloads = parts.map((part) => parseObject(part.payload) ?? malformed(3));
    const credential = readCredential(payloads[0]) ?? malformed(3);
    const proof = parts.length === 2 ? readProof(payloads[1]) ?? malformed(3) : null;
    return { credential, proof, headers };
  }

  /**
   * Check 4: the key that the header and the still untrusted issuer name.
   *
   * @param {Record<string, unknown>[]} headers
   * @param {import('./claims.js').Credential} credential
   */
  key([header, proofHeader], credential) {
    refuse(4, refusalOfHeader(header, 'dc+sd-jwt', ['alg', 'typ', 'kid']));
    if (!this.trust.ring.knows(credential.iss)) throw new Refusal(4, 'unknown_issuer');
    const key = this.trust.ring.find(credential.iss, /** @type {string} */ (header.kid), credential.iat);
    if (key === null) throw new Refusal(4, 'unknown_key');
    if (header.alg !== key.alg) refuse(4, 'unsupported_format');
    if (proofHeader !== undefined) {
      refuse(4, refusalOfHeader(proofHeader, 'kb+jwt', ['alg', 'typ']));
      if (proofHeader.alg !== 'ES256') refuse(4, 'unsupported_format');
    }
    return key;
  }

  /** Check 6. @param {import('./claims.js').Credential} credential */
  validity(credential) {
    const profile = profileOf(credential);
    if ('refusal' in profile) throw new Refusal(6, profile.refusal);
    this.assurance = profile.assurance;
    const { now } = this.trust;
    if (profile.assurance === 'online') {
      // The window of a holder proof: an online code is its own presentation.
      if (credential.iat > now + MAX_AHEAD) this.refuseInTime(6, 'not_yet_valid');
      if (credential.exp <= now) this.refuseInTime(6, 'stale_presentation');
      return;
    }
    if (Math.max(credential.iat, credential.nbf ?? 0) > now + SKEW) this.refuseInTime(6, 'not_yet_valid');
    if (credential.exp <= now) this.refuseInTime(6, 'expired');
  }

  /**
   * Check 7.
   *
   * @param {import('./qr_text.js').Part[]} parts
   * @param {import('./claims.js').Credential} credential
   * @param {import('./claims.js').Proof | null} proof
   */
  async holder(parts, credential, proof) {
    if (credential.holderKey === null) {
      if (proof !== null) throw new Refusal(7, 'malformed');
      if (this.challenge !== null) throw new Refusal(7, 'holder_proof_missing');
      this.presentation = credential.jti === null ? null : { sub: credential.sub, nonce: credential.jti };
      return;
    }
    if (proof === null) throw new Refusal(7, 'holder_proof_missing');
    const key = (await ALGORITHMS.ES256.importPublic(credential.holderKey)) ?? malformed(6);
    const signed = await ALGORITHMS.ES256.verify(key, parts[1].signature, parts[1].signed);
    const bound = proof.sdHash === (await sha256Text(`${compact(parts[0])}~`));
    if (!signed || !bound || !this.isAddressed(proof)) throw new Refusal(7, 'holder_proof_invalid');
    this.presentation = { sub: credential.sub, nonce: proof.nonce };
    this.freshness(proof);
  }

  /** A proof made for one mode is refused in the other. @param {import('./claims.js').Proof} proof */
  isAddressed(proof) {
    if (this.challenge === null) return proof.aud === DESK_AUDIENCE && proof.nonce.length === 16;
    const { audience, nonce } = this.challenge;
    return proof.aud === audience && proof.nonce.length === 22 && proof.nonce === nonce;
  }

  /** @param {import('./claims.js').Proof} proof */
  freshness(proof) {
    const { now } = this.trust;
    const shownTooLongAgo = this.challenge !== null && now - this.challenge.issuedAt > CHALLENGE_LIFE;
    if (now - proof.iat < -MAX_AHEAD) this.refuseInTime(7, 'not_yet_valid');
    if (now - proof.iat > MAX_AGE || shownTooLongAgo) this.refuseInTime(7, 'stale_presentation');
  }

  /** Check 8. @param {import('./claims.js').Credential} credential */
  status(credential) {
    const { state, asOf } = this.trust.status(credential);
    this.asOf = asOf;
    if (state === 'revoked' || state === 'suspended') throw new Refusal(8, state);
    const limit = this.purpose?.maxStatusAge ?? Infinity;
    const reason = state === 'valid' && this.trust.now - asOf > limit ? 'status_unknown' : state;
    if (reason !== 'valid') this.doubt ??= new Refusal(8, reason);
  }

  /** Check 9. @param {import('./claims.js').Credential} credential */
  scope(credential) {
    if (this.purpose === null) return;
    const { bit, inScope = true, accepts = null } = this.purpose;
    if (!inScope) throw new Refusal(9, 'out_of_scope');
    // A shift takes any number, also none at all, so the bit has to be one of the 31 first.
    const isBit = Number.isInteger(bit) && bit >= 0 && bit < 31;
    if (!isBit || ((credential.dom >> bit) & 1) !== 1) throw new Refusal(9, 'not_entitled');
    if (accepts !== null && this.assurance !== null && !accepts.includes(this.assurance)) {
      throw new Refusal(9, 'holder_proof_missing');
    }
  }

  /** Check 10: last, and only for what would be accepted. */
  async replay() {
    const { replay, now } = this.trust;
    if (this.doubt !== null || this.presentation === null || replay === null) return;
    const { sub, nonce } = this.presentation;
    if (!(await replay(`${sub} ${nonce}`, now))) throw new Refusal(10, 'replayed');
  }

  /**
   * Refuse for a reason that the clock gives, unless the clock is not sure.
   * @param {number} check
   * @param {string} reason
   */
  refuseInTime(check, reason) {
    if (this.trust.clockSure) throw new Refusal(check, reason);
  }
}

/** Refuse if there is a reason. @param {number} check @param {string | null} reason */
function refuse(check, reason) {
  if (reason !== null) throw new Refusal(check, reason);
}

/** @param {number} check @returns {never} */
function malformed(check) {
  throw new Refusal(check, 'malformed');
}

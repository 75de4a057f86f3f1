/**
 * Readers that other people wrote. Each gets a token and the origin of its issuer, fetches what it needs over HTTP, and
 * gives what it believes, or fails. Standard input: [{reader, origin, token, audience, nonce}]; output: one answer for each.
 */

import { createHash, createPublicKey, verify } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { getListFromStatusListJWT, getStatusListFromJWT } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { createRemoteJWKSet, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import readPicture from 'jsqr';

const jsQR = readPicture.default ?? readPicture;
const sha256 = (data) => createHash('sha256').update(data).digest();

/** @param {string} url */
async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

/** Follow the issuer's metadata to its keys. @param {string} origin */
async function keysOf(origin) {
  const { issuer, jwks_uri: address } = await (await get(`${origin}/.well-known/jwt-vc-issuer`)).json();
  if (issuer !== origin) throw new Error('another issuer');
  return address;
}

/** @param {string} data @param {string} signature @param {any} jwk */
function isSigned(data, signature, jwk) {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

const readers = {
  async jose({ origin, token, audience, nonce }) {
    const [credential, proof] = token.split('~');
    const keys = createRemoteJWKSet(new URL(await keysOf(origin)));
    const claims = (await jwtVerify(credential, keys, { issuer: origin, typ: 'dc+sd-jwt', algorithms: ['ES256'] })).payload;
    if (nonce === undefined) return { claims };
    const holder = await importJWK(claims.cnf.jwk, 'ES256');
    const options = { audience, typ: 'kb+jwt', algorithms: ['ES256'], requiredClaims: ['nonce', 'sd_hash', 'iat'], maxTokenAge: 60 };
    const { payload } = await jwtVerify(proof, holder, options);
    if (payload.nonce !== nonce) throw new Error('another nonce');
    if (payload.sd_hash !== sha256(`${credential}~`).toString('base64url')) throw new Error('another credential');
    return { claims, proof: payload };
  },

  async '@sd-jwt/sd-jwt-vc'({ origin, token, audience, nonce }) {
    const { keys } = await (await get(await keysOf(origin))).json();
    const { kid } = decodeProtectedHeader(token.split('.')[0] + '..');
    const byIssuer = async (data, signature) => isSigned(data, signature, keys.find((key) => key.kid === kid));
    const reader = new SDJwtVcInstance({
      hasher: (data) => sha256(data),
      hashAlg: 'sha-256',
      verifier: byIssuer,
      statusVerifier: byIssuer,
      statusListFetcher: async (uri) => (await get(uri)).text(),
      kbVerifier: async (data, signature, payload) => isSigned(data, signature, payload.cnf.jwk),
    });
    const { payload, kb } = await reader.verify(token, nonce === undefined ? {} : { keyBindingNonce: nonce });
    if (nonce === undefined) return { claims: payload };
    // This reader skips the proof in silence when it is given no nonce, and leaves the audience to its caller.
    if (kb === undefined) throw new Error('the proof did not come back');
    if (kb.payload.aud !== audience) throw new Error('another audience');
    return { claims: payload, proof: kb.payload };
  },

  async '@sd-jwt/jwt-status-list'({ origin, token }) {
    const { uri, idx } = getStatusListFromJWT(token.split('~')[0]);
    const response = await get(uri);
    const media = response.headers.get('content-type');
    const list = await response.text();
    const keys = createRemoteJWKSet(new URL(await keysOf(origin)));
    const { payload } = await jwtVerify(list, keys, { typ: 'statuslist+jwt', subject: uri, algorithms: ['ES256'] });
    return { status: getListFromStatusListJWT(list).getStatus(idx), media, bits: payload.status_list.bits };
  },

  async jsQR({ pixels, width, height }) {
    const found = jsQR(new Uint8ClampedArray(Buffer.from(pixels, 'base64')), width, height);
    if (found === null) throw new Error('no code in the picture');
    return { text: found.data, version: found.version };
  },
};

const answers = [];
for (const { reader, ...question } of JSON.parse(await text(process.stdin))) {
  try {
    answers.push(await readers[reader](question));
  } catch (error) {
    answers.push({ failure: `${error.name}: ${error.message}` });
  }
}
process.stdout.write(JSON.stringify(answers));

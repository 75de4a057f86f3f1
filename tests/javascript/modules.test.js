/** The small parts of the ES modules, in Node. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { base45Decode, base45Encode, base64urlDecode, base64urlEncode, utf8Decode } from '../../suchang/web/static/credentials/bytes.js';
import { OfflineVerifier } from '../../suchang/web/static/credentials/offline_verifier.js';
import { CorrectedClock, createDeviceKey, present, publicJwk, thumbprint } from '../../suchang/web/static/credentials/presentation.js';
import { signCompact } from '../../suchang/web/static/credentials/algorithms.js';
import { drawQr } from '../../suchang/web/static/credentials/qr_code.js';
import { pack } from '../../suchang/web/static/credentials/qr_text.js';
import { encodeList } from '../../suchang/web/static/credentials/status_list.js';
import { MemoryStore } from '../../suchang/web/static/credentials/stores.js';
import { deflate, inflate } from '../../suchang/web/static/credentials/zlib.js';

const bytes = (...values) => Uint8Array.from(values);

test('base64url has one text for one sequence of bytes', () => {
  assert.deepEqual(base64urlDecode('AQ'), bytes(1));
  for (const text of ['AR', 'AQ==', 'AQ=', 'A', 'A+', 'A/', 'A Q', 'AQ\n', 'Ā', 'AAAAA']) assert.equal(base64urlDecode(text), null, text);
  for (let length = 0; length < 40; length += 1) {
    const some = crypto.getRandomValues(new Uint8Array(length));
    assert.deepEqual(base64urlDecode(base64urlEncode(some)), some);
    assert.equal(base64urlEncode(some), Buffer.from(some).toString('base64url'));
  }
});

test('base45 is that of RFC 9285', () => {
  assert.equal(base45Encode(new TextEncoder().encode('Hello!!')), '%69 VD92EX0');
  assert.deepEqual(base45Decode('QED8WEX0'), new TextEncoder().encode('ietf!'));
  for (const text of ['GGW', ':::', '::', 'A', 'AAAA', 'aaa', 'AA~', '0000']) assert.equal(base45Decode(text), null, text);
  for (let length = 0; length < 40; length += 1) {
    const some = crypto.getRandomValues(new Uint8Array(length));
    assert.deepEqual(base45Decode(base45Encode(some)), some);
  }
});

test('UTF-8 is strict and keeps a byte order mark', () => {
  assert.equal(utf8Decode(bytes(0xff)), null);
  assert.equal(utf8Decode(bytes(0xed, 0xa0, 0x80)), null);
  assert.equal(utf8Decode(bytes(0xef, 0xbb, 0xbf, 0x7b)), '\ufeff{');
});

test('nothing may follow a zlib stream, on a platform that ignores it as well', async () => {
  const zipped = await deflate(new TextEncoder().encode('nothing follows'));
  const followed = Uint8Array.from([...zipped, 0]);
  const again = Uint8Array.from([...zipped, ...zipped.subarray(-4)]);
  const check = async () => {
    assert.equal(utf8Decode(await inflate(zipped, 100)), 'nothing follows');
    assert.equal(await inflate(followed, 100), null);
    assert.equal(await inflate(again, 100), null);
    assert.equal(await inflate(zipped.subarray(0, -1), 100), null);
    assert.equal(await inflate(zipped, 14), null);
    assert.equal(await inflate(bytes(), 100), null);
  };
  await check();
  const strict = globalThis.DecompressionStream;
  globalThis.DecompressionStream = class extends TransformStream {
    constructor() {
      super({ transform: (chunk, controller) => controller.enqueue(new Uint8Array(inflateSync(chunk))) });
    }
  };
  try {
    await check();
  } finally {
    globalThis.DecompressionStream = strict;
  }
});

test('a phone that can not compress presents all the same', async () => {
  const compressing = globalThis.CompressionStream;
  delete globalThis.CompressionStream;
  try {
    for (const length of [0, 1, 2, 4096, 65_535]) {
      const some = new Uint8Array(length).map((_, place) => place * 7);
      assert.deepEqual(await inflate(await deflate(some), 65_535), some);
    }
    await assert.rejects(deflate(new Uint8Array(65_536)), RangeError);
    const { desk, uri, ring, list, print } = await issuer();
    globalThis.CompressionStream = compressing;
    await desk.learnKeys(await ring('k1'));
    await desk.learnList(uri, await list('k1'));
    delete globalThis.CompressionStream;
    const text = await print('k1');
    assert.equal((await desk.verify(text)).outcome, 'accepted');
    assert.ok(drawQr(text).version <= 24);
  } finally {
    globalThis.CompressionStream = compressing;
  }
});

test('a clock is corrected only by what a second and the way explain', () => {
  let now = 1_794_000_000_400;
  const clock = new CorrectedClock(() => now);
  const header = (seconds) => new Date(seconds * 1000).toUTCString();
  clock.learn(header(1_794_000_000), now - 200);
  assert.equal(clock.correction, 0);
  clock.learn(header(1_793_999_999), now - 200);
  assert.ok(Math.abs(clock.correction) < 1);
  clock.learn(header(1_794_000_008), now - 200);
  assert.ok(clock.isOff);
  assert.equal(Math.floor(clock.now), 1_794_000_008);
  clock.learn(header(1_793_999_900), now - 200);
  assert.ok(clock.isOff);
  clock.learn(null, now);
  clock.learn('nonsense', now);
  assert.ok(Math.abs(clock.now - 1_793_999_900) < 1.5);
  now += 5000;
  assert.ok(Math.abs(clock.now - 1_793_999_905) < 1.5);
});

test('a private key is made unreadable', async () => {
  const pair = await createDeviceKey();
  await assert.rejects(crypto.subtle.exportKey('jwk', pair.privateKey));
  assert.deepEqual(Object.keys(await publicJwk(pair)), ['kty', 'crv', 'x', 'y']);
});

test('a thumbprint is that of RFC 7638', async () => {
  const jwk = { y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck', x: '_MWCwRyoxVQHq1sqaQVgnTXKAH_mIvSBxGIo6RYPW0U', crv: 'P-256', kty: 'EC' };
  const expected = Buffer.from(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`)),
  ).toString('base64url');
  assert.equal(await thumbprint(jwk), expected);
});

test('a token that is none is not presented', async () => {
  const { privateKey } = await createDeviceKey();
  for (const token of ['', 'a.b', 'a.b.c', 'e30.e30.AAAA']) await assert.rejects(present(token, privateKey, 0), RangeError);
});

test('a drawing has the version of the screen, a larger one for a longer text, an error for an impossible one', () => {
  assert.equal(drawQr('SC1:').version, 19);
  assert.equal(drawQr('A'.repeat(909)).version, 19);
  assert.equal(drawQr('A'.repeat(910)).version, 20);
  assert.equal(drawQr('A'.repeat(3391)).version, 40);
  assert.throws(() => drawQr('A'.repeat(3392)), RangeError);
  assert.throws(() => drawQr('abc'), RangeError);
});

test('a verifier without keys says how to get them', async () => {
  const desk = await OfflineVerifier.open({ store: new MemoryStore(), lists: [] });
  await assert.rejects(desk.verify('SC1:'), /connect once so that it can fetch \/\.well-known\/jwks\.json/);
});

test('a verifier says what to fetch, and drops what the issuer would no longer take', async () => {
  let now = 1_794_000_000_000;
  const store = new MemoryStore();
  const desk = await OfflineVerifier.open({ store, lists: ['https://a.example/0'], clock: () => now });
  assert.deepEqual(desk.due, ['https://a.example/0']);
  assert.equal(desk.statusAge, null);
  await store.defer({ presentation: 'SC1:', purpose: null, presented_at: new Date(now).toISOString() });
  now += 72 * 3600 * 1000;
  assert.equal((await desk.deferred()).length, 1);
  now += 1000;
  assert.equal((await desk.deferred()).length, 0);
  assert.equal((await store.deferred()).length, 0);
});

test('what was seen is forgotten only when it is old', async () => {
  const store = new MemoryStore();
  assert.equal(await store.addSeen('a b', 100), true);
  assert.equal(await store.addSeen('a b', 200), false);
  await store.forgetSeen(100);
  assert.equal(await store.hasSeen('a b'), true);
  await store.forgetSeen(101);
  assert.equal(await store.hasSeen('a b'), false);
});

/** An issuer of its own: keys, a list signed by a key, a printed card signed by another. */
async function issuer() {
  const iss = 'https://card.suchang.example';
  const uri = `${iss}/status-lists/0`;
  const now = 1_794_000_000;
  const pairs = { k1: await createDeviceKey(), k2: await createDeviceKey() };
  const jwk = async (kid) => ({ ...(await publicJwk(pairs[kid])), kid, alg: 'ES256', nbf: now - 86_400 });
  const ring = async (...kids) => ({ issuer: iss, iat: now, domains: { medical: 2 }, keys: await Promise.all(kids.map(jwk)) });
  const list = async (kid) =>
    signCompact(pairs[kid].privateKey, { alg: 'ES256', typ: 'statuslist+jwt', kid }, {
      iss, sub: uri, iat: now, exp: now + 86_400, ttl: 3600, status_list: { bits: 2, lst: await encodeList([], 2, 2 ** 20) } });
  const print = async (kid) => {
    const status = { status_list: { idx: 8, uri } };
    const sub = `${'A'.repeat(21)}Q`;
    const claims = { iss, vct: 'urn:suchang:card:print:1', iat: now - 3600, exp: now + 86_400, sub, tier: 'B', name: '张*', dom: 4, status };
    return pack(await signCompact(pairs[kid].privateKey, { alg: 'ES256', typ: 'dc+sd-jwt', kid }, claims));
  };
  const desk = await OfflineVerifier.open({ store: new MemoryStore(), lists: [uri], clock: () => now * 1000 });
  return { desk, uri, now, ring, list, print };
}

test('a revoked key takes its lists with it, and stays gone when an older set follows', async () => {
  const { desk, uri, now, ring, list, print } = await issuer();
  const text = await print('k1');
  await desk.learnKeys(await ring('k1', 'k2'), { fetchedAt: now - 100 });
  assert.equal(await desk.learnList(uri, await list('k2')), 'taken');
  assert.equal((await desk.verify(text, desk.purpose('medical'))).outcome, 'accepted');
  await desk.learnKeys(await ring('k1'), { fetchedAt: now });
  assert.equal((await desk.verify(text)).reason, 'status_unknown');
  await desk.learnKeys(await ring('k1', 'k2'), { fetchedAt: now - 1 });
  assert.equal((await desk.verify(text)).reason, 'status_unknown');
  assert.equal(await desk.learnList(uri, await list('k2')), 'refused');
  assert.equal(await desk.learnList(uri, await list('k1')), 'taken');
  assert.equal((await desk.verify(text)).outcome, 'accepted');
  assert.throws(() => desk.purpose('magic'), /publishes no benefit domain 'magic'; it publishes medical/);
});

test('a list is taken only from a configured address', async () => {
  const { desk, ring, list } = await issuer();
  await desk.learnKeys(await ring('k1'));
  assert.equal(await desk.learnList('https://elsewhere.example/0', await list('k1')), 'refused');
});

test('a clock that was off at the last contact is not believed', async () => {
  const { desk, uri, now, ring, list, print } = await issuer();
  await desk.learnKeys(await ring('k1'));
  await desk.learnList(uri, await list('k1'));
  await desk.learnTime(now + 11);
  assert.equal((await desk.verify(await print('k1'))).reason, 'clock_unsure');
  await desk.learnTime(now + 10);
  assert.equal((await desk.verify(await print('k1'))).outcome, 'accepted');
});

test('nobody is entitled by a domain that has no bit', async () => {
  const { desk, uri, ring, list, print } = await issuer();
  await desk.learnKeys(await ring('k1'));
  await desk.learnList(uri, await list('k1'));
  const text = await print('k1');
  for (const bit of [undefined, null, -30, 34, 2.5, '2', NaN]) {
    assert.equal((await desk.verify(text, { domain: 'medical', bit })).reason, 'not_entitled', String(bit));
  }
  assert.equal((await desk.verify(text, { domain: 'medical', bit: 2 })).outcome, 'accepted');
});

/** Queues before the camera, frame by frame: every person is judged once, and no verdict is another's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AWAY, CameraWatch } from '../../suchang/web/static/js/desk/camera_watch.js';
import { foreignKind } from '../../suchang/web/static/js/desk/foreign_codes.js';
import { dice } from './scanner.js';

const FRAME = 120;
const FOREIGN = { wechat_pay: '134567890123456789', alipay: '281234567890123456', address: 'https://example.org/poster', unionpay: 'https://qr.95516.com/0001' };

class Queue {
  constructor(seed) {
    this.roll = dice(seed);
    this.watch = new CameraWatch();
    this.now = 1000;
    this.said = [];
    this.people = 0;
  }

  between(least, most) {
    return least + this.roll() * (most - least);
  }

  frames(milliseconds, codes) {
    for (const until = this.now + milliseconds; this.now < until; this.now += FRAME) {
      const seen = codes(this.now).filter(Boolean);
      for (const one of this.watch.see(seen, this.now)) this.said.push({ ...one, at: this.now, view: seen.map(({ text }) => text) });
    }
  }

  person(area = 90_000) {
    this.people += 1;
    return { text: `SC1:${this.people}.0`, card: `card ${this.people}`, area };
  }
}

const poster = (kind, area) => ({ text: FOREIGN[kind], card: FOREIGN[kind], area });
const judged = (queue) => queue.said.filter(({ kind }) => kind === 'judge');

test('thousands of people in a row, with or without gaps, blurs and other codes, are each judged once', () => {
  let shown = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const queue = new Queue(seed);
    const wanted = [];
    let previous = null;
    for (let place = 0; place < 20; place += 1) {
      const one = queue.person(queue.between(40_000, 200_000));
      const other = queue.roll() < 0.3 ? poster(Object.keys(FOREIGN)[place % 4], queue.between(1000, 400_000)) : null;
      // The one before may still be there, further away; the next may already be, too.
      const behind = previous && queue.roll() < 0.3 ? { ...previous, area: one.area / 3 } : null;
      const blur = queue.between(0, 0.4);
      const renews = queue.now + queue.between(500, 20_000);
      queue.watch.judged(previous?.text, true);
      if (behind) queue.frames(FRAME, () => [one]);
      queue.frames(queue.between(600, 4000), (now) => {
        const text = now > renews ? `${one.text}'` : one.text;
        return [queue.roll() < blur ? null : { ...one, text }, other, now < renews ? behind : null];
      });
      wanted.push(one.card);
      queue.watch.judged(judged(queue).at(-1)?.text, true);
      previous = one;
      if (queue.roll() < 0.5) queue.frames(queue.between(0, 6000), () => [other]);
    }
    const found = judged(queue).map(({ text }) => `card ${text.slice(4).split('.')[0]}`);
    const firsts = found.filter((card, place) => found.indexOf(card) === place);
    assert.deepEqual(firsts, wanted, `seed ${seed}`);
    for (const { text, view } of judged(queue)) assert.ok(view.includes(text));
    shown += wanted.length;
  }
  assert.equal(shown, 6000);
});

test('a phone that renews its code is judged once while it is accepted, and again where it was not', () => {
  for (const accepted of [true, false]) {
    const queue = new Queue(1);
    const one = queue.person();
    queue.frames(2000, () => [one]);
    queue.watch.judged(one.text, accepted);
    queue.frames(2000, () => [{ ...one, text: `${one.text}'` }]);
    assert.equal(judged(queue).length, accepted ? 1 : 2);
  }
});

test('a verdict says that its code has gone, and that it is back', () => {
  const queue = new Queue(1);
  const one = queue.person();
  queue.frames(1000, () => [one]);
  queue.frames(AWAY + 300, () => []);
  queue.frames(1000, () => [one]);
  assert.deepEqual(queue.said.map(({ kind }) => kind), ['judge', 'gone', 'back']);
});

test('a code that is still there when its verdict is put away is not judged again', () => {
  const queue = new Queue(1);
  const one = queue.person();
  queue.frames(1000, () => [one]);
  queue.watch.dismiss();
  queue.frames(3000, () => [one]);
  assert.equal(judged(queue).length, 1);
  queue.frames(3000, () => []);
  queue.frames(500, () => [one]);
  assert.equal(judged(queue).length, 2);
});

test('two cards side by side are told, and the nearer of two is judged', () => {
  const queue = new Queue(1);
  const [one, other] = [queue.person(100_000), queue.person(90_000)];
  queue.frames(1000, () => [one, other]);
  assert.deepEqual(queue.said.map(({ kind }) => kind), ['several']);
  queue.frames(1000, () => [one, { ...other, area: 20_000 }]);
  queue.frames(1000, () => [other]);
  assert.deepEqual(judged(queue).map(({ text }) => text), [one.text, other.text]);
});

test('other codes alone are named, do not blink, and never judged', () => {
  for (const kind of Object.keys(FOREIGN)) {
    const queue = new Queue(1);
    queue.frames(5000, () => [poster(kind, 50_000)]);
    queue.frames(1000, () => [queue.person()]);
    assert.deepEqual(queue.said.slice(0, 1).map(({ kind: what, foreign }) => [what, foreign]), [['foreign', kind]]);
    assert.equal(queue.said.filter(({ kind: what }) => what === 'foreign').length, 1);
  }
  assert.equal(foreignKind('SC2:ABC'), 'other_version');
  assert.equal(foreignKind('6901234567892'), 'barcode');
  assert.equal(foreignKind('你好'), 'other');
});

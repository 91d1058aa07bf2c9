// A partner of the tests: says what it sees on stdout, one line of JSON each; takes orders on stdin; ends when that is closed.
import { createInterface } from 'node:readline';

/** Tells the test what happened. */
export function say(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Does what the test says, and says that it is done. */
export function obey(act) {
  const orders = createInterface({ input: process.stdin });
  orders.on('line', (line) => {
    const order = JSON.parse(line);
    act(order);
    say({ obeyed: order });
  });
  orders.on('close', () => process.exit(0));
}

/** Later, in milliseconds. */
export function after(milliseconds, act) {
  setTimeout(act, milliseconds);
}

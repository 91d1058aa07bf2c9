// A message centre: SMPP 3.4 as npm's smpp speaks it. Called with a key and a certificate it encrypts.
import { readFileSync } from 'node:fs';
import smpp from 'smpp';
import { after, obey, say } from './partner.mjs';

const [keyFile, certificateFile] = process.argv.slice(2);
const encryption = keyFile ? { key: readFileSync(keyFile), cert: readFileSync(certificateFile) } : {};
const bound = new Set();
let mode = 'takes';
let lateMilliseconds = 0;
let count = 0;
/** How the names of parts are written in answers: "c1", or a large number in hexadecimal or decimal digits. */
let names = 'own';
const FIRST = 0x7f00_2a00;

function named(number) {
  if (names === 'hexadecimal') return (FIRST + number).toString(16).toUpperCase();
  return names === 'decimal' ? String(FIRST + number) : `c${number}`;
}

function seen(pdu) {
  const { message, udh } = pdu.short_message;
  return {
    text: typeof message === 'string' ? message : message.toString('latin1'),
    header: (udh ?? []).map((it) => Buffer.from(it).toString('hex')),
    coding: pdu.data_coding,
    class: pdu.esm_class,
    registered: pdu.registered_delivery,
    from: [pdu.source_addr, pdu.source_addr_ton, pdu.source_addr_npi],
    to: [pdu.destination_addr, pdu.dest_addr_ton, pdu.dest_addr_npi],
  };
}

function receipt(session, { id, stat, err = '000' }) {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2503030900 done date:2503030901 stat:${stat} err:${err} text:...`;
  session.deliver_sm({ esm_class: 4, short_message: text, source_addr: '84999000412', destination_addr: 'MOTCUA' }, (answer) => {
    say({ acknowledged: answer.command_status, of: id });
  });
}

function taken(session, pdu, id) {
  if (mode === 'receipt first') receipt(session, { id, stat: 'DELIVRD' });
  // The receipt is on its way before the answer: the answer follows when the receipt has had time to be kept.
  after(mode === 'late' ? lateMilliseconds : mode === 'receipt first' ? 300 : 0, () => {
    session.send(pdu.response({ message_id: id }));
    if (mode === 'twice') session.send(pdu.response({ message_id: id }));
  });
}

const server = smpp.createServer(encryption, (session) => {
  session.on('error', () => {});
  session.on('close', () => {
    bound.delete(session);
    say({ closed: true });
  });
  session.on('bind_transceiver', (pdu) => {
    const known = pdu.system_id === 'motcua' && pdu.password === 'mk-thu';
    say({ bound: known, version: pdu.interface_version, secure: session.socket.encrypted === true });
    if (known) bound.add(session);
    session.send(pdu.response({ command_status: known ? smpp.ESME_ROK : smpp.ESME_RINVPASWD, system_id: 'trung-tam' }));
    if (!known) session.close();
  });
  session.on('enquire_link', (pdu) => {
    say({ enquired: true });
    if (mode !== 'dead') session.send(pdu.response());
  });
  session.on('unbind', (pdu) => {
    say({ unbound: true });
    session.send(pdu.response());
    session.close();
  });
  session.on('submit_sm', (pdu) => {
    count += 1;
    const id = named(count);
    say({ submitted: seen(pdu), id });
    if (mode === 'hangs' || mode === 'dead') return;
    if (mode === 'refuses') return void session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    if (mode === 'later') return void session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    // Takes the first part and is gone before it answers for the second.
    if (mode === 'breaks') {
      if (count % 2 === 0) return void session.destroy();
    }
    taken(session, pdu, id);
  });
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));

obey((order) => {
  mode = order.mode ?? mode;
  lateMilliseconds = order.milliseconds ?? lateMilliseconds;
  names = order.names ?? names;
  if (order.drop) for (const session of bound) session.destroy();
  if (order.receipt) {
    const [session] = bound;
    for (let time = 0; time < (order.times ?? 1); time += 1) receipt(session, order.receipt);
  }
});

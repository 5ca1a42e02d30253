/* incident.jsx - one incident: what, why, when, the lines, and what one can answer. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, usePoll, useTick } from './api.js';
import { NormalDialog } from './normal_dialog.jsx';
import { Occurrences } from './occurrences.jsx';
import { announce, Away, Heading, is_muted, Problem, Severity, Status, useAction } from './parts.jsx';
import { Reasons } from './reasons.jsx';
import { Records } from './records.jsx';
import { ago, exact, moment, plain, plural, Sentence, span, Text, Time } from './text.jsx';

const POLL_MS = 10000, NOTE_MAX = 4096;

/* Until when one can mute: [label, time]. */
function mutes() {
    const tomorrow = new Date();
    tomorrow.setDate(tomorrow.getDate() + 1);
    tomorrow.setHours(8, 0, 0, 0);
    const hours = (n) => new Date(Date.now() + n * 3600e3);
    return [['1 hour', hours(1)], ['8 hours', hours(8)], ['until tomorrow, 8:00', tomorrow], ['7 days', hours(168)]];
}

/* A button that opens a few others below it. */
function Mute({ busy, set }) {
    const [open, set_open] = useState(false);
    const element = useRef(null), button = useRef(null);
    function close(event) {
        if (event.key === 'Escape' && open) {
            set_open(false);
            button.current.focus();
        }
    }
    function left(event) {
        if (!element.current?.contains(event.relatedTarget)) { // gone: it was taken away with the focus in it
            set_open(false);
        }
    }
    function choose(until, label) {
        set_open(false);
        button.current.focus();
        set({ muted_until: until.toISOString() }, `muted, ${label}`);
    }
    return (
        <div class="mute" ref={element} onKeyDown={close} onFocusOut={left}>
            <button type="button" ref={button} aria-expanded={open} aria-controls="mute-choices" aria-disabled={busy}
                onClick={() => set_open(!open)}>Mute <span aria-hidden="true">▾</span></button>
            <div id="mute-choices" class="choices" hidden={!open} role="group" aria-label="Mute for how long">
                {open && mutes().map(([label, until]) => (
                    <button type="button" key={label} onClick={() => choose(until, label)}>{label}</button>
                ))}
            </div>
        </div>
    );
}

/* What was typed stays until it is stored, whatever happens. */
function Note({ incident, save, busy }) {
    const [text, set_text] = useState(null); // null: as stored
    const stored = incident.note ?? '';
    const value = text ?? stored;
    const size = new TextEncoder().encode(value).length;
    async function submit(event) {
        event.preventDefault();
        if (await save({ note: value.trim() === '' ? null : value }, 'has a new note')) {
            set_text(null);
        }
    }
    return (
        <form class="note-form" onSubmit={submit}>
            <label for="note">Note</label>
            <textarea id="note" rows="2" value={value} onInput={(e) => set_text(e.currentTarget.value)}
                aria-describedby={size > NOTE_MAX ? 'note-size' : undefined} />
            {size > NOTE_MAX && <p id="note-size" class="bad" role="status">A note has at most {NOTE_MAX} bytes; this one has {size}.</p>}
            {text !== null && text !== stored && (
                <p class="buttons">
                    <button type="submit" aria-disabled={busy}>Save the note</button>
                    <button type="button" onClick={() => set_text(null)}>Discard</button>
                </p>
            )}
        </form>
    );
}

/* At once after "this is normal": what it does, and undo. */
function Declared({ normals, sentence, undone, onUndo, busy }) {
    const element = useRef(null);
    useEffect(() => element.current?.focus(), []);
    if (undone) {
        return <div class="notice"><p>Undone: it is told again.</p></div>;
    }
    return (
        <div class="notice good" role="status">
            <p><strong>Declared normal.</strong> {normals.length > 1 ? `All ${normals.length} kinds of messages. ` : ''}It holds from the next request on{sentence ? <>; it <Text of={sentence} /></> : ''}.
                {' '}<a href="#/normal">All that is normal</a></p>
            <button type="button" ref={element} aria-disabled={busy} onClick={() => onUndo(normals)}>Undo</button>
        </div>
    );
}

const EVENTS = {
    opened: 'opened', worse: 'got much worse', acknowledged: 'acknowledged', reopened: 'reopened by a person', resolved: 'resolved',
    regression: 'came back after it was resolved', muted: 'muted', unmuted: 'mute ended', note: 'note', real: 'marked as real',
    real_undone: '“real” undone', normal: 'declared normal', normal_undone: '“normal” undone',
};

/* A mute's note is the time of its end. */
function event_words({ event, note }) {
    const words = EVENTS[event] ?? plain(event);
    if (event === 'muted' && !Number.isNaN(Date.parse(note))) {
        return <>{words} until <Time at={note} /></>;
    }
    return note ? <>{words}: <Text of={note} /></> : words;
}

function History({ events }) {
    return (
        <section aria-labelledby="history-heading">
            <h2 id="history-heading">History</h2>
            {events.length === 0 ? <p class="none">Nothing yet.</p> : (
                <ol class="history">
                    {[...events].reverse().map((e, i) => (
                        <li key={events.length - i}>
                            <Time at={e.at} /> <span>{event_words(e)}</span>
                        </li>
                    ))}
                </ol>
            )}
        </section>
    );
}

function Facts({ incident }) {
    return (
        <p class="facts">
            <Severity of={incident.severity} />
            <span class="service">{incident.service
                ? <a href={`#/?status=all&service=${encodeURIComponent(incident.service)}`}><Text of={incident.service} /></a> : 'several services'}</span>
            <span>
                {incident.count > 1 ? `${plural(incident.count, 'time')}, ` : ''}
                <time datetime={incident.last_seen} title={`first ${exact(incident.first_seen)}, last ${exact(incident.last_seen)}`}>
                    {span(incident.first_seen, incident.last_seen)} ({ago(incident.last_seen)})
                </time>
            </span>
            <Status of={incident} />
        </p>
    );
}

/* The row of buttons. */
function Actions({ incident, busy, set, onNormal }) {
    const { status } = incident;
    const button = (label, body, said, more = {}) => (
        <button type="button" key={label} aria-disabled={busy} onClick={() => set(body, said)} {...more}>{label}</button>
    );
    return (
        <div class="actions" role="group" aria-label="Answer">
            <button type="button" class="first" aria-disabled={busy || !incident.choices?.length} onClick={onNormal}>This is normal …</button>
            {incident.verdict === 'real'
                ? button('Not real after all', { verdict: null }, 'no longer marked as real')
                : button('This is real', { verdict: 'real' }, 'marked as real', { title: 'What is new in it stays unlearned, and is told each time it comes' })}
            <span class="apart" />
            {status === 'open' && button('Acknowledge', { status: 'acknowledged' }, 'acknowledged')}
            {status !== 'resolved' && button('Resolve', { status: 'resolved' }, 'resolved')}
            {status !== 'open' && button('Reopen', { status: 'open' }, 'reopened')}
            {is_muted(incident) ? button('Unmute', { muted_until: null }, 'no longer muted') : <Mute busy={busy} set={set} />}
        </div>
    );
}

export function Incident({ id, back }) {
    const poll = usePoll(`incidents/${id}`, POLL_MS);
    const [answer, set_answer] = useState(null); // {incident, at}: newer than the poll's
    const [dialog, set_dialog] = useState(false);
    const [declared, set_declared] = useState(null);
    const [busy, error, run] = useAction();
    const actions = useRef(null);
    useTick(10000);
    const incident = answer && answer.at > poll.at ? answer.incident : poll.data?.incident;

    const link = <p class="back"><a href={back}><span aria-hidden="true">‹ </span>Incidents</a></p>;
    if (!incident) {
        const gone = poll.error?.status === 404;
        return (
            <>
                {link}
                {!gone && <Away polls={[poll]} />}
                <Heading title={`Incident ${id}`}>{gone ? `There is no incident ${id}` : `Incident ${id}`}</Heading>
                {!poll.error && <p class="loading">Looking …</p>}
            </>
        );
    }
    async function set(body, said) {
        const held = actions.current.contains(document.activeElement);
        const ok = await run(async () => {
            const reply = await api('PATCH', `incidents/${id}`, body);
            set_answer({ incident: reply.incident, at: Date.now() });
        });
        if (ok) {
            announce(`Incident ${id} ${said}.`);
            if (held && !actions.current.contains(document.activeElement)) {
                actions.current.querySelector('button:not(.first)')?.focus();
            }
            poll.again();
        }
        return ok;
    }
    async function undo(normals) {
        if (await run(async () => {
            for (const { id: normal } of normals) { // once more is no error, if one of them fails now
                await api('DELETE', `normals/${normal}`);
            }
        })) {
            set_declared((old) => ({ ...old, undone: true }));
            announce('Undone: it is told again.');
            actions.current.querySelector('button').focus();
            poll.again();
        }
    }
    function done(reply) {
        set_dialog(false);
        set_declared({ normals: reply.normals ?? [reply.normal], sentence: reply.sentence });
        announce('Declared normal. Undo is possible.');
        poll.again();
    }
    return (
        <>
            {link}
            <Away polls={[poll]} />
            <p class="over">Incident {id}</p>
            <Heading title={plain(incident.summary)}><Sentence of={incident.summary} template={incident.reasons?.[0]?.template} /></Heading>
            <Facts incident={incident} />
            <div ref={actions}>
                <Actions incident={incident} busy={busy} set={set} onNormal={() => incident.choices?.length && set_dialog(true)} />
            </div>
            <Problem error={error} />
            {declared && <Declared {...declared} onUndo={undo} busy={busy} />}
            <Note incident={incident} save={set} busy={busy} />
            <Reasons incident={incident} />
            <Occurrences incident={incident} />
            <Records incident={incident} />
            <History events={incident.history ?? []} />
            {dialog && <NormalDialog incident={incident} onDone={done} onClose={() => set_dialog(false)} />}
        </>
    );
}

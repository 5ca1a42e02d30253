/* list.jsx - incidents as sentences, newest first, a page at a time, with buttons. What
 * somebody has just answered stays where it is, in its new state, until another page or
 * filter is opened; what comes new waits behind a button while somebody reads. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.js';
import { AnswerAll } from './bulk.jsx';
import { announce, go, is_muted, Problem, Severity, Status, useAction } from './parts.jsx';
import { ago, exact, plural, Sentence, span, Text } from './text.jsx';

function Row({ incident, changed }) {
    const [busy, error, run] = useAction();
    const buttons = useRef(null);
    const status = incident.status ?? 'open';
    const template = incident.reasons?.[0]?.template;

    async function set(body, said) {
        const held = buttons.current.contains(document.activeElement);
        if (await run(async () => changed((await api('PATCH', `incidents/${incident.id}`, body)).incident))) {
            announce(`Incident ${incident.id} ${said}.`);
            /* The button that was pressed is gone; the focus stays in its row. */
            if (held && !buttons.current.contains(document.activeElement)) {
                buttons.current.querySelector('button')?.focus();
            }
        }
    }
    const button = (label, body, said) => (
        <button type="button" key={label} aria-disabled={busy} onClick={() => set(body, said)}>
            {label}<span class="only-heard"> incident {incident.id}</span>
        </button>
    );
    return (
        <li class={`incident ${status}`}>
            <div class="what">
                <h3><a href={`#/incident/${incident.id}`}><Sentence of={incident.summary} template={template} /></a></h3>
                <p class="facts">
                    <Severity of={incident.severity} />
                    <span class="service">{incident.service ? <Text of={incident.service} /> : 'several services'}</span>
                    <span>
                        {incident.count > 1 ? `${plural(incident.count, 'time')}, ` : ''}
                        <time datetime={incident.last_seen} title={`first ${exact(incident.first_seen)}, last ${exact(incident.last_seen)}`}>
                            {span(incident.first_seen, incident.last_seen)} ({ago(incident.last_seen)})
                        </time>
                    </span>
                    {(status !== 'open' || is_muted(incident) || incident.verdict || incident.regressions > 0) && <Status of={incident} />}
                </p>
                {incident.note && <p class="note">Note: <Text of={incident.note} /></p>}
                <Problem error={error} />
            </div>
            <div class="buttons" ref={buttons}>
                {is_muted(incident) && button('Unmute', { muted_until: null }, 'is no longer muted')}
                {status === 'open' && button('Acknowledge', { status: 'acknowledged' }, 'acknowledged')}
                {status === 'resolved'
                    ? button('Reopen', { status: 'open' }, 'reopened')
                    : button('Resolve', { status: 'resolved' }, 'resolved')}
            </div>
        </li>
    );
}

/* Somebody reads or types in the list: it is not to move. */
function in_use(element) {
    return element && (element.contains(document.activeElement) || element.getBoundingClientRect().top < 0);
}

/* The incidents of the reply, those that were answered here in their newest state. */
function merged(incidents, answered, at) {
    const out = new Map(incidents.map((i) => [i.id, i]));
    for (const [id, one] of answered) {
        if (!out.has(id) || one.at > at) {
            out.set(id, one.incident);
        }
    }
    return [...out.values()].sort((a, b) => b.id - a.id);
}

export function List({ poll, parameters, hash_of, filtered }) {
    const [answered, set_answered] = useState(new Map());
    const [top, set_top] = useState(null); // newer ids wait
    const element = useRef(null);
    const incidents = poll.data?.incidents;
    const newest = incidents?.length ? incidents[0].id : 0;

    useEffect(() => {
        if (poll.data && (top === null || (newest > top && !in_use(element.current)))) {
            set_top(newest);
        }
    }, [poll.data]);

    if (!incidents) {
        return <p class="loading">{poll.error ? '' : 'Looking …'}</p>;
    }
    function answer(incident) {
        set_answered((old) => new Map(old).set(incident.id, { incident, at: Date.now() }));
    }
    function changed(incident) {
        answer(incident);
        poll.again();
    }
    const limit = parameters.cursor || top === null ? Infinity : top;
    const shown = merged(incidents, answered, poll.at).filter((i) => i.id <= limit);
    const waiting = incidents.filter((i) => i.id > limit).length;
    function turn(cursor) {
        go(hash_of(parameters, { cursor }));
        document.getElementById('incidents-heading').focus();
        document.getElementById('incidents-heading').scrollIntoView({ block: 'start' });
    }
    function show_waiting() {
        set_top(newest);
        document.getElementById('incidents-heading').focus();
    }
    return (
        <div ref={element}>
            {waiting > 0 && (
                <p class="waiting" role="status">
                    <button type="button" onClick={show_waiting}>Show {plural(waiting, 'new incident')}</button>
                </p>
            )}
            <AnswerAll shown={shown} changed={answer} ended={poll.again} />
            {shown.length === 0
                ? <p class="none">{filtered ? 'No incident is like that.' : 'No incident needs a look.'}</p>
                : <ol class="list">{shown.map((i) => <Row key={i.id} incident={i} changed={changed} />)}</ol>}
            {(parameters.cursor || poll.data.next) && (
                <nav class="paging" aria-label="Pages of incidents">
                    {parameters.cursor && <button type="button" onClick={() => turn('')}>Newest</button>}
                    {poll.data.next && <button type="button" onClick={() => turn(poll.data.next)}>Older</button>}
                </nav>
            )}
        </div>
    );
}

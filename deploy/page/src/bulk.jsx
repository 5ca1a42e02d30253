/* bulk.jsx - one answer for all open incidents that are shown: asked once more in its place,
 * given one after the other, and taken back by one undo while the list is shown. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.js';
import { announce } from './parts.jsx';
import { count, plural, Text } from './text.jsx';

const VERBS = { acknowledged: 'Acknowledge', resolved: 'Resolve' };
const DOING = { acknowledged: 'Acknowledging', resolved: 'Resolving', open: 'Undoing' };
const incidents = (n) => plural(n, 'incident');

/* Sets the status of one after the other, until one fails: {ids that have it now, error}. */
async function set_each(ids, status, { changed, step }) {
    const done = [];
    for (const id of ids) {
        step(done.length + 1);
        try {
            changed((await api('PATCH', `incidents/${id}`, { status })).incident);
        } catch (error) {
            return { done, error };
        }
        done.push(id);
    }
    return { done, error: null };
}

/* How far it came; an undo that failed may be tried again. */
function Outcome({ of, busy, onUndo }) {
    const { status, ids, failed } = of;
    const undo = ids.length > 0 && (
        <button type="button" class="undo-all" aria-disabled={busy} onClick={onUndo}>Undo</button>
    );
    if (!failed) {
        return <div class="notice good"><p>{incidents(ids.length)} {status}.</p>{undo}</div>;
    }
    return (
        <div class="notice bad" role="alert">
            <p><strong>{count(failed.n)} of {incidents(failed.of)} {failed.undoing ? 'put back' : status}, then it stopped.</strong>
                {' '}The server says: <q><Text of={failed.error.message} /></q></p>
            {undo}
        </div>
    );
}

/* shown: the incidents of the list; changed(incident): one has a new state; ended(): all have. */
export function AnswerAll({ shown, changed, ended }) {
    const [asked, ask] = useState(null); // {status, ids}
    const [outcome, set_outcome] = useState(null); // {status, ids that have it, failed}
    const [doing, set_doing] = useState(null); // {status, n, of}
    const running = useRef(false), element = useRef(null), focus_next = useRef(null);
    useLayoutEffect(() => { // what had the focus is gone: it goes on with what came in its place
        if (focus_next.current) {
            const found = focus_next.current.map((s) => element.current.querySelector(s)).find(Boolean);
            focus_next.current = null;
            (found ?? document.getElementById('incidents-heading')).focus();
        }
    });
    const have = (ids, status) => ids.filter((id) => shown.some((i) => i.id === id && (i.status ?? 'open') === status));
    const open = shown.filter((i) => (i.status ?? 'open') === 'open').map((i) => i.id);
    const those = open.length === shown.length ? 'shown' : 'open ones shown';

    async function run(ids, status) {
        running.current = true;
        const result = await set_each(ids, status, { changed, step: (n) => set_doing({ status, n, of: ids.length }) });
        running.current = false;
        set_doing(null);
        ended();
        return { ...result, held: element.current?.contains(document.activeElement) };
    }
    async function answer() {
        if (running.current) {
            return;
        }
        const { status } = asked, ids = have(asked.ids, 'open');
        const before = outcome?.failed && outcome.status === status ? outcome.ids : []; // this goes on with it
        const { done, error, held } = await run(ids, status);
        ask(null);
        set_outcome({ status, ids: [...before, ...done], failed: error && { error, n: done.length, of: ids.length } });
        if (!error) {
            announce(`${incidents(done.length)} ${status}.`);
        }
        focus_next.current = held && ['.undo-all', 'button'];
    }
    async function undo() {
        if (running.current) {
            return;
        }
        const ids = have(outcome.ids, outcome.status); // what was answered otherwise since then stays
        const { done, error, held } = await run(ids, 'open');
        set_outcome(error && { status: outcome.status, ids: ids.slice(done.length), failed: { error, n: done.length, of: ids.length, undoing: true } });
        if (!error) {
            announce(`Undone: ${incidents(done.length)} open again.`);
        }
        focus_next.current = held && [error ? '.undo-all' : 'button'];
    }
    function begin(status) {
        focus_next.current = ['.yes'];
        ask({ status, ids: open });
    }
    function cancel() {
        if (!running.current) {
            focus_next.current = [`.all-${asked.status}`];
            ask(null);
        }
    }
    const button = (status, more) => (
        <button type="button" class={`all-${status} ${more}`} aria-disabled={doing !== null} onClick={() => running.current || begin(status)}>
            {VERBS[status]} all {count(open.length)} {those}
        </button>
    );
    const words = doing && `${DOING[doing.status]} ${doing.n} of ${doing.of} …`;
    return (
        <div class="all" ref={element}>
            {asked ? (
                <div key="question" class="buttons" role="group" aria-labelledby="all-question"
                    onKeyDown={(e) => e.key === 'Escape' && cancel()}>
                    <span id="all-question">{VERBS[asked.status]} {incidents(asked.ids.length)}?</span>
                    <button type="button" class="first yes" aria-disabled={doing !== null} onClick={answer}>
                        {words ?? `Yes, ${VERBS[asked.status].toLowerCase()} all ${count(asked.ids.length)}`}
                    </button>
                    <button type="button" aria-disabled={doing !== null} onClick={cancel}>Cancel</button>
                </div>
            ) : open.length > 1 && (
                <div key="answers" class="buttons" role="group" aria-label="All incidents shown">
                    {button('acknowledged', '')}
                    {button('resolved', 'quieter')}
                </div>
            )}
            {outcome && !asked && <Outcome of={outcome} busy={doing !== null} onUndo={undo} />}
        </div>
    );
}

/* normals.jsx - what was declared normal, and undo. */
import { api, usePoll, useTick } from './api.js';
import { announce, Away, Heading, Problem, useAction } from './parts.jsx';
import { Sentence, Text, Time } from './text.jsx';

/* Each is a sentence of the server's, such as: messages like "account * has expired" in auth. */
function Normal({ of, again }) {
    const [busy, error, run] = useAction();
    async function undo() {
        if (await run(() => api('DELETE', `normals/${of.id}`))) {
            announce('Undone: it is told again.');
            document.getElementById(`normal-${of.id}`)?.focus();
            again();
        }
    }
    return (
        <li class={of.undone_at ? 'undone' : ''}>
            <div class="what">
                <h2 id={`normal-${of.id}`} tabindex="-1"><Sentence of={of.label} template={of.template} /></h2>
                <p class="facts">
                    <span>declared <Time at={of.declared_at} /></span>
                    {of.incident_id && <span>for <a href={`#/incident/${of.incident_id}`}>incident {of.incident_id}</a></span>}
                    {of.undone_at && <span class="badge">undone <Time at={of.undone_at} /></span>}
                </p>
                {of.note && <p class="note">Note: <Text of={of.note} /></p>}
                <Problem error={error} />
            </div>
            {!of.undone_at && (
                <div class="buttons">
                    <button type="button" aria-disabled={busy} onClick={undo}>Undo<span class="only-heard"> normal {of.id}</span></button>
                </div>
            )}
        </li>
    );
}

export function Normals() {
    const poll = usePoll('normals', 15000);
    useTick(30000);
    const all = poll.data?.normals ?? [];
    const holds = all.filter((n) => !n.undone_at), undone = all.filter((n) => n.undone_at);
    const list = (normals) => <ul class="list">{normals.map((n) => <Normal key={n.id} of={n} again={poll.again} />)}</ul>;
    return (
        <>
            <Away polls={[poll]} />
            <Heading title="Normal">What was declared normal</Heading>
            <p class="quiet">It is neither told nor counted as unusual, whatever is trained or restarted, until it is undone.</p>
            {!poll.data && !poll.error && <p class="loading">Looking …</p>}
            {poll.data && holds.length === 0 && <p class="none">Nothing, so far. An incident has a button “This is normal”.</p>}
            {holds.length > 0 && list(holds)}
            {undone.length > 0 && (
                <details class="undone-list">
                    <summary>Undone ({undone.length})</summary>
                    {list(undone)}
                </details>
            )}
        </>
    );
}

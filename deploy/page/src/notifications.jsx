/* notifications.jsx - who is told, what was told last, what does not arrive; a test. */
import { useState } from 'preact/hooks';
import { api, usePoll, useTick } from './api.js';
import { held_words, is_failing, SIGN_WORDS, SIGNS } from './health.jsx';
import { announce, Away, Heading, Problem, useAction } from './parts.jsx';
import { ago, plain, plural, Text, Time } from './text.jsx';

const KINDS = {
    new: 'new', regression: 'came back', worse: 'much worse', old: 'of old records', digest: 'several at once',
    import: 'of an import', test: 'a test',
};

function Channel({ of }) {
    const failing = is_failing(of), held = held_words([of]);
    const state = failing ? 'bad' : held ? 'info' : 'good';
    return (
        <li class={`state-${state}`}>
            <span class="sign" aria-hidden="true">{SIGNS[state]}</span>
            <div>
                <h3><span class="only-heard">{SIGN_WORDS[state]}</span>{of.name}</h3>
                <p>To <Text of={of.target} />{' · '}{of.last_delivered_at ? <>Last delivered <Time at={of.last_delivered_at} words={ago(of.last_delivered_at)} />.</> : 'Nothing delivered yet.'}
                    {failing && <> Last error <Time at={of.last_error_at} words={ago(of.last_error_at)} />: <Text of={of.last_error} />.</>}</p>
                {held && <p>{held}</p>}
            </div>
        </li>
    );
}

function Message({ of }) {
    return (
        <tr>
            <td><Time at={of.created_at} /></td>
            <td>{of.channel}</td>
            <td>
                <Text of={of.subject} />
                <span class="facts">
                    <span>{KINDS[of.kind] ?? plain(of.kind)}</span>
                    {of.incident_id && <a href={`#/incident/${of.incident_id}`}>incident {of.incident_id}</a>}
                    {of.incidents > 1 && <span>{plural(of.incidents, 'incident')}</span>}
                </span>
            </td>
            <td><span class={`badge ${of.state}`}>{plain(of.state)}</span>{of.delivered_at ? <> <Time at={of.delivered_at} /></> : ''}
                {of.next_try_at && of.attempts > 0 ? <>, again <Time at={of.next_try_at} /></> : ''}
                {of.attempts > 1 ? `, ${of.attempts} tries` : ''}{of.last_error && of.state !== 'delivered' ? <>: <Text of={of.last_error} /></> : ''}</td>
        </tr>
    );
}

export function Notifications() {
    const poll = usePoll('notifications', 5000);
    const [busy, error, run] = useAction();
    const [sent, set_sent] = useState(false);
    useTick(10000);
    async function test() {
        set_sent(false);
        if (await run(() => api('POST', 'notifications/test', {}))) {
            set_sent(true);
            announce('A test message is on its way.');
            poll.again();
        }
    }
    const { data } = poll;
    return (
        <>
            <Away polls={[poll]} />
            <Heading title="Messages">Who is told</Heading>
            {!data && !poll.error && <p class="loading">Looking …</p>}
            {data && data.channels.length === 0 && (
                <p class="quiet">Nobody: no webhook and no mail is set up. They are settings in <code>.env</code>; the README says which.</p>
            )}
            {data && data.channels.length > 0 && (
                <>
                    <section class="health" aria-labelledby="channels-heading"><h2 id="channels-heading" class="only-heard">Channels</h2><ul>{data.channels.map((c) => <Channel key={c.name} of={c} />)}</ul></section>
                    <p class="buttons">
                        <button type="button" aria-disabled={busy} onClick={test}>Send a test message</button>
                        {sent && <span role="status"> It is on its way; it shows below.</span>}
                    </p>
                </>
            )}
            <Problem error={error} />
            {data && data.messages.length > 0 && (
                <section aria-labelledby="messages-heading">
                    <h2 id="messages-heading">Messages, newest first</h2>
                    <p class="hint">{plural(data.waiting, 'message')} waiting, {data.undeliverable} undeliverable.</p>
                    <div class="scrolls" tabindex="0" role="region" aria-label="Table of messages">
                        <table class="plain">
                            <thead><tr><th scope="col">Made</th><th scope="col">By</th><th scope="col">About</th><th scope="col">State</th></tr></thead>
                            <tbody>{data.messages.map((m) => <Message key={m.id} of={m} />)}</tbody>
                        </table>
                    </div>
                </section>
            )}
        </>
    );
}

"""The files a site's switch is made of: its configuration and what it says itself.

Owns: which sounds belong in, and writing the folder of the embedded switch. Not here: the templates
(``freeswitch_conf``), when it is written (``launch``, ``taking_up``).
"""

from __future__ import annotations

from eslapp.freeswitch_conf.render import SoundSources, render
from eslapp.log import get_log
from eslapp.sitedir import Secrets, SiteDir
from ivr import catalog
from ivr.effects import Spoken
from ivr.phrases import phrase
from ivr.site import Site
from recordings.speech import spoken_path
from webhooks.channel_accounts import ChannelAccounts, Misconfigured
from webhooks.trunk_facts import TrunkFacts

log = get_log("switch_files")


def apologies(site: Site) -> dict[str, Spoken]:
    """What the switch itself says when the daemon stays away, by language."""
    return {code: Spoken(phrase("fallback_end", code, site.phrases), code) for code in site.languages}


def speech_key(site: Site, speech: Spoken) -> str:
    """The file name of one rendering."""
    return catalog.speech_key(site.voice_of(speech.language), speech)


def switch_sounds(site_dir: SiteDir, site: Site) -> SoundSources:
    """Hold music and the switch's own announcement, as far as they exist."""
    found = {
        code: spoken_path(site_dir.root, site_dir.speech, speech_key(site, one))
        for code, one in apologies(site).items()
    }
    fallback = {code: path for code, path in found.items() if path is not None}
    return SoundSources(hold=site_dir.root / "prompts" / "moh" / "calm.wav", fallback=fallback)


def trunks_of(site_dir: SiteDir, site: Site) -> list[TrunkFacts]:
    """The ways calls arrive; an account that cannot be read is left out: ``zongji channel check`` names it."""
    accounts = ChannelAccounts(lambda: site, site_dir.word)
    found = []
    for name in accounts.names():
        try:
            account = accounts.of(name)
        except Misconfigured as error:
            log.error("channel-misconfigured", channel=name, reason=str(error))
            continue
        facts = accounts.channel(account).trunk(account) if account is not None else None
        if facts is not None:
            found.append(facts)
    return found


def render_switch(site_dir: SiteDir, site: Site, secrets: Secrets, ports: dict[str, int], bind: str) -> list[str]:
    """Write the switch's configuration; returns warnings about what it opens."""
    rendered = render(
        site,
        secrets,
        site_dir.freeswitch,
        sip_port=ports["sip"],
        esl_port=ports["esl"],
        outbound_port=ports["outbound"],
        ws_port=ports["ws"],
        bind=bind,
        sounds=switch_sounds(site_dir, site),
        trunks=trunks_of(site_dir, site),
    )
    return list(rendered.warnings)

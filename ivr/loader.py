"""A site's folder as a ``Site``, or every problem of every file at once.

Owns: which files a site has, reading them, and the whole. Not here: YAML (``strict_yaml``), steps (``flow_reader``),
what is well-formed but unwise (``checks``).

    site, problems = load_site("ivr/sites/demo")       # site is None where problems has an error
    draft, problems = load_draft("ivr/sites/demo")     # what could be read, mistakes or not: for ``checks`` only
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path as FilePath

from .articles import Article, ArticleIndex
from .fields import Text
from .flow import FALLBACK, Block, Flow
from .flow_reader import FlowReader, link
from .overflow_ways import join, overflow_blocks
from .phrases import phrase
from .problems import Problem
from .site import Site, SiteFile
from .site_files import ARTICLES, read_files
from .sounds import wav_seconds
from .steps.hangup import Hangup
from .steps.queue import Queue
from .steps.say import Say
from .strict_yaml import Document, Path, read_yaml
from .unread import Unread, settings_lost
from .unreadable import Unreadable
from .validation import settled, validated
from .yaml_pieces import Lost

PROMPT_FILES_BOUND = 20_000
PLACEHOLDERS = {"site": "?", "languages": ["en"], "timezone": "UTC"}  # of a draft that lacks them


def load_site(directory: str | FilePath) -> tuple[Site | None, list[Problem]]:
    """Read ``directory``; problems are sorted by file and line. Never raises for what stands in the files."""
    draft, problems = load_draft(directory)
    return (None if problems else draft), problems


def load_draft(directory: str | FilePath) -> tuple[Site | None, list[Problem]]:
    """The same, with a site even where there are problems: without what they are about, which ``Site.unread`` tells.
    None only where there is no ``site.yaml``."""
    folder = FilePath(directory)
    sources, found = read_files(folder)
    try:
        prompts = _prompts(folder)
    except OSError as error:
        prompts, text = {}, f"cannot read {error.filename or folder}: {error.strerror or error}"
        found.append(Problem("site.yaml", 1, 1, text, "check the folder and its permissions", "file"))
    return read_draft(sources, prompts, directory=str(folder), found=found)


def read_site(
    sources: Mapping[str, str | bytes],
    prompts: frozenset[str] | Mapping[str, float] = frozenset(),
    *,
    directory: str = "",
) -> tuple[Site | None, list[Problem]]:
    """The same from texts: ``{"site.yaml": ..., "flows/main.yaml": ...}``, and the names of the sound files (with
    their seconds, where those are known). Touches no file."""
    draft, problems = read_draft(sources, prompts, directory=directory)
    return (None if problems else draft), problems


def read_draft(
    sources: Mapping[str, str | bytes],
    prompts: frozenset[str] | Mapping[str, float] = frozenset(),
    *,
    directory: str = "",
    found: Iterable[Problem] = (),
) -> tuple[Site | None, list[Problem]]:
    """``load_draft`` from texts; ``found``: problems of files that are not among them."""
    problems = list(found)
    lost_files = {problem.file for problem in problems}
    if "site.yaml" not in sources and "site.yaml" not in lost_files:
        text = "there is no site.yaml" + (f" in {directory}" if directory else "")
        return None, [*problems, Problem("site.yaml", 1, 1, text, "name the folder of a site", "file")]
    documents = {name: _document(name, source) for name, source in sources.items()}
    site_document = documents.get("site.yaml") or Document("site.yaml", lost=[Lost("")])
    problems += [problem for document in documents.values() for problem in document.problems]
    settings, more, hidden = _settings(site_document)
    problems += more
    flows, blocks, more = _flows(documents)
    problems += more
    added, more = overflow_blocks(settings, site_document)
    blocks |= added
    problems += more
    articles, more = _articles(documents)
    problems += more
    unread = Unread()
    if problems:
        unread = _unread(problems, list(documents.values()), hidden, set(flows), blocks, lost_files)
    site = _site(settings, flows, blocks, site_document, prompts, directory, _revision(sources), articles, unread)
    return site, sorted(set(problems))


def _unread(
    problems: list[Problem],
    documents: list[Document],
    hidden: Unread,
    flows: set[str],
    blocks: Mapping[str, Block],
    lost_files: set[str],
) -> Unread:
    words = [lost.words for document in documents for lost in document.lost]
    words += [step.mentions for block in blocks.values() for step in block.steps if isinstance(step, Unreadable)]
    named = {
        FilePath(file).stem for file in {*lost_files, *(one.file for one in problems)} if file.startswith("flows/")
    }
    lost = hidden.lost | {
        (ARTICLES, FilePath(problem.file).stem) for problem in problems if problem.file.startswith(f"{ARTICLES}/")
    }
    is_torn = bool(lost_files) or any(document.lost for document in documents)
    said = frozenset().union(*words)
    return replace(hidden, lost=lost, flows=frozenset(named - flows), words=said, is_partial=True, is_torn=is_torn)


@lru_cache(maxsize=128)
def _document(name: str, source: str | bytes) -> Document:
    """Reading a site again costs only its changed files; a document is never changed after it is read."""
    return read_yaml(name, source)


def _prompts(folder: FilePath) -> dict[str, float]:
    """Every sound file with its seconds."""
    root = folder / "prompts"
    files: dict[str, float] = {}
    for file in root.rglob("*.wav"):
        files[file.relative_to(root).as_posix()] = wav_seconds(file)
        if len(files) > PROMPT_FILES_BOUND:
            break
    return files


def _settings(document: Document) -> tuple[SiteFile, list[Problem], Unread]:
    """The settings, as far as they are right, and what was left out of them."""
    known = frozenset(field.alias or name for name, field in SiteFile.model_fields.items())
    value, problems = document.value, list[Problem]()
    if document.value is None and not document.lost:
        problems = [document.problem((), "the file is empty", "begin with 'site: NAME', 'languages:' and 'timezone:'")]
    if not isinstance(document.value, dict):
        if document.value is not None:
            problems = validated(SiteFile, document.value, document, _same, "site.yaml")[1]
        return SiteFile.model_validate(PLACEHOLDERS), problems, Unread(known, known)
    settings, problems, lost = settled(SiteFile, value, document, _same, "site.yaml", PLACEHOLDERS)
    if settings is None:
        return SiteFile.model_validate(PLACEHOLDERS), problems, Unread(known, known)
    return settings, problems, settings_lost(lost, known)


def _same(path: Path) -> Path:
    return path


def _flows(documents: Mapping[str, Document]) -> tuple[dict[str, Flow], dict[str, Block], list[Problem]]:
    flows: dict[str, Flow] = {}
    blocks: dict[str, Block] = {}
    problems: list[Problem] = []
    for file, document in documents.items():
        if not file.startswith("flows/") or (document.lost and document.value is None):
            continue
        reader = FlowReader(document)
        flow = reader.read(FilePath(file).stem)
        problems += reader.problems
        if flow is not None:
            flows[flow.name] = flow
            blocks.update(flow.blocks)
    return flows, blocks, problems


def _articles(documents: Mapping[str, Document]) -> tuple[dict[str, Article], list[Problem]]:
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    for file, document in documents.items():
        if not file.startswith(f"{ARTICLES}/") or document.lost:
            continue
        article, found = validated(Article, document.value, document, _same, "the article")
        problems += found
        if article is not None:
            article.bind(document)
            articles[FilePath(file).stem] = article
    return articles, problems


def _site(
    settings: SiteFile,
    flows: dict[str, Flow],
    blocks: dict[str, Block],
    document: Document,
    prompts: frozenset[str] | Mapping[str, float],
    directory: str,
    revision: str,
    articles: dict[str, Article],
    unread: Unread,
) -> Site:
    blocks[FALLBACK] = _fallback(settings)
    link(flows, blocks)
    join(blocks, settings.queues)
    return Site(
        names=settings.site,
        directory=directory,
        languages=tuple(settings.languages),
        timezone=settings.timezone,
        country=settings.country,
        voices=dict(settings.voices),
        numbers=dict(settings.numbers),
        channels=dict(settings.channels),
        calendars=dict(settings.calendars),
        skills=tuple(settings.skills),
        queues=dict(settings.queues),
        agents=dict(settings.agents),
        extensions=tuple(settings.extensions),
        words=dict(settings.words),
        phrases={name: dict(words) for name, words in settings.phrases.items()},
        trunk=settings.trunk,
        routing=settings.routing,
        fallback=settings.fallback,
        outside=settings.outside,
        surveys=dict(settings.surveys),
        articles=articles,
        answers=ArticleIndex(articles),
        flows=flows,
        blocks=blocks,
        prompt_files=frozenset(prompts),
        prompt_seconds={name: known for name, known in prompts.items() if known}
        if isinstance(prompts, Mapping)
        else {},
        unplayable=frozenset(name for name, known in prompts.items() if not known)
        if isinstance(prompts, Mapping)
        else frozenset(),
        limits=settings.limits,
        canary=settings.canary,
        dispositions=dict(settings.dispositions),
        quick_replies=tuple(settings.quick_replies),
        revision=revision,
        document=document,
        unread=unread,
    )


def _fallback(settings: SiteFile) -> Block:
    """What the engine does when a flow breaks: words, then the default queue or the end; behind it, where only people
    are to be reached, any queue."""
    block = Block(FALLBACK, "", FALLBACK)
    block.steps.append(Say(text=settings.fallback.say or _fallback_text(settings)))
    queue = settings.fallback.queue
    block.steps.append(Queue(name=queue) if queue in settings.queues else Hangup(cause="unavailable"))
    if queue not in settings.queues and settings.queues:
        block.steps.append(Queue(name=next(iter(settings.queues))))
    return block


def _fallback_text(settings: SiteFile) -> Text:
    name = "fallback" if settings.fallback.queue else "fallback_end"
    return Text({code: phrase(name, code, settings.phrases) for code in settings.languages})


def _revision(sources: Mapping[str, str | bytes]) -> str:
    """Changes with any byte of any file."""
    digest = hashlib.sha256()
    for name in sorted(sources):
        source = sources[name]
        content = source.encode() if isinstance(source, str) else source
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]

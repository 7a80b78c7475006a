"""A site's folder as a ``Site``, or every problem of every file at once.

Owns: which files a site has, reading them, and the whole. Not here: YAML (``strict_yaml``), steps (``flow_reader``),
what is well-formed but unwise (``checks``).

    site, problems = load_site("ivr/sites/demo")       # site is None where problems has an error
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
from .sounds import wav_seconds
from .steps.hangup import Hangup
from .steps.queue import Queue
from .steps.say import Say
from .strict_yaml import SIZE_BOUND, Document, Path, read_yaml
from .validation import validated

TESTS = ".tests.yaml"  # beside flows, not one of them: read by ``ivr.trial``
FLOW_FILES_BOUND = 500
PROMPT_FILES_BOUND = 20_000
ARTICLES, ARTICLES_BOUND = "articles", 2_000


def load_site(directory: str | FilePath) -> tuple[Site | None, list[Problem]]:
    """Read ``directory``; problems are sorted by file and line. Never raises for what stands in the files."""
    folder = FilePath(directory)
    try:
        sources = _sources(folder)
        prompts = _prompts(folder)
    except OSError as error:
        text = f"cannot read {error.filename or folder}: {error.strerror or error}"
        return None, [Problem("site.yaml", 1, 1, text, "check the folder and its permissions", "file")]
    return read_site(sources, prompts, directory=str(folder))


def read_site(
    sources: Mapping[str, str | bytes],
    prompts: frozenset[str] | Mapping[str, float] = frozenset(),
    *,
    directory: str = "",
) -> tuple[Site | None, list[Problem]]:
    """The same from texts: ``{"site.yaml": ..., "flows/main.yaml": ...}``, and the names of the sound files (with
    their seconds, where those are known). Touches no file."""
    if "site.yaml" not in sources:
        text = "there is no site.yaml" + (f" in {directory}" if directory else "")
        return None, [Problem("site.yaml", 1, 1, text, "name the folder of a site", "file")]
    documents = {name: _document(name, source) for name, source in sources.items()}
    problems = [problem for document in documents.values() for problem in document.problems]
    settings, found = _settings(documents["site.yaml"])
    problems += found
    flows, blocks, found = _flows(documents)
    problems += found
    if settings is not None and not problems:
        added, found = overflow_blocks(settings, documents["site.yaml"])
        blocks |= added
        problems += found
    articles, found = _articles(documents)
    problems += found
    if settings is None or problems:
        return None, sorted(set(problems))
    site = _site(settings, flows, blocks, documents["site.yaml"], prompts, directory, _revision(sources), articles)
    return site, []


@lru_cache(maxsize=128)
def _document(name: str, source: str | bytes) -> Document:
    """Reading a site again costs only its changed files; a document is never changed after it is read."""
    return read_yaml(name, source)


def _sources(folder: FilePath) -> dict[str, bytes]:
    flows = [file for file in sorted((folder / "flows").glob("*.yaml")) if not file.name.endswith(TESTS)]
    files = [folder / "site.yaml", *flows[:FLOW_FILES_BOUND]]
    files += sorted((folder / ARTICLES).glob("*.yaml"))[:ARTICLES_BOUND]
    return {file.relative_to(folder).as_posix(): _read(file) for file in files if file.is_file()}


def test_sources(directory: str | FilePath) -> dict[str, bytes]:
    """The tests beside the flows: ``{"flows/main.tests.yaml": ...}``."""
    folder = FilePath(directory)
    files = sorted((folder / "flows").glob(f"*{TESTS}"))[:FLOW_FILES_BOUND]
    return {file.relative_to(folder).as_posix(): _read(file) for file in files if file.is_file()}


def _read(file: FilePath) -> bytes:
    with file.open("rb") as stream:
        return stream.read(SIZE_BOUND + 1)


def _prompts(folder: FilePath) -> dict[str, float]:
    """Every sound file with its seconds."""
    root = folder / "prompts"
    files: dict[str, float] = {}
    for file in root.rglob("*.wav"):
        files[file.relative_to(root).as_posix()] = wav_seconds(file)
        if len(files) > PROMPT_FILES_BOUND:
            break
    return files


def _settings(document: Document) -> tuple[SiteFile | None, list[Problem]]:
    if document.problems and document.value is None:
        return None, []
    return validated(SiteFile, document.value, document, _same, "site.yaml")


def _same(path: Path) -> Path:
    return path


def _flows(documents: Mapping[str, Document]) -> tuple[dict[str, Flow], dict[str, Block], list[Problem]]:
    flows: dict[str, Flow] = {}
    blocks: dict[str, Block] = {}
    problems: list[Problem] = []
    for file, document in documents.items():
        if not file.startswith("flows/") or (document.problems and document.value is None):
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
        if not file.startswith(f"{ARTICLES}/") or (document.problems and document.value is None):
            continue
        article, found = validated(Article, document.value, document, _same, "the article")
        problems += found
        if article is not None:
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
) -> Site:
    blocks[FALLBACK] = _fallback(settings)
    link(flows, blocks)
    join(blocks, settings.queues)
    return Site(
        name=settings.site,
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
        limits=settings.limits,
        canary=settings.canary,
        dispositions=dict(settings.dispositions),
        quick_replies=tuple(settings.quick_replies),
        revision=revision,
        document=document,
    )


def _fallback(settings: SiteFile) -> Block:
    """What the engine does when a flow breaks: words, then the default queue or the end."""
    block = Block(FALLBACK, "", FALLBACK)
    block.steps.append(Say(text=settings.fallback.say or _fallback_text(settings)))
    queue = settings.fallback.queue
    block.steps.append(Queue(name=queue) if queue in settings.queues else Hangup(cause="unavailable"))
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

"""Build both languages in one `mkdocs build`, check that they match, finish what needs the whole site.

The Chinese build (mkdocs.yml) is the one MkDocs starts; after it this hook builds mkdocs.en.yml into `en/`.
What readers see comes from pages, macros and templates: here pages are compared, one copy of the assets is kept,
and files made from the finished HTML (search index, style sheet, service worker) are written.
"""
from __future__ import annotations

import gc
import hashlib
import logging
import sys
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import CountHandler

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from hooks import finish, parity  # noqa: E402  (needs ROOT on the path)

# Below "mkdocs." so that --strict counts what is said here.
log = logging.getLogger("mkdocs.clear_account")

_command = "build"


def on_startup(command: str, dirty: bool) -> None:
    """Remember whether this run serves: then mistakes are shown and the server goes on."""
    global _command
    _command = command
    if command == "build":
        # The process ends with the build: collecting its garbage takes a tenth of the time and frees nothing of use.
        gc.disable()


def _is_child(config) -> bool:
    return config["extra"]["locale"] == "en"


@event_priority(100)
def on_config(config):
    """Read code and data afresh for each build, since `mkdocs serve` keeps this process."""
    config["extra"]["serving"] = _command == "serve"
    if not _is_child(config):
        for name in [n for n in sys.modules if n == "macros" or n.startswith("macros.")]:
            del sys.modules[name]
        sys.modules.pop("hooks.parity", None)
    if config["extra"]["serving"]:
        # A slip in a page is shown and does not end the server: the macro prints its error into the page, and the
        # counter by which `strict` ends a build with warnings is taken off.
        config.plugins["macros"].config["on_error_fail"] = False
        logger = logging.getLogger("mkdocs")
        for handler in [h for h in logger.handlers if isinstance(h, CountHandler)]:
            logger.removeHandler(handler)
    return config


def on_files(files, config):
    """Compare the two languages; keep one copy of the theme's files and none of its scripts."""
    for file in list(files):
        uri = file.src_uri
        if uri.startswith("assets/") and not uri.endswith(".md"):
            theme_script = uri.startswith("assets/javascripts/") or uri.endswith(".map")
            theme_style = uri.startswith("assets/stylesheets/")
            theme_image = uri == "assets/images/favicon.png"
            if theme_script or theme_style or theme_image or _is_child(config):
                files.remove(file)
    if not _is_child(config):
        from importlib import import_module

        for message in import_module("hooks.parity").problems(ROOT):
            log.warning(message)
        # The tables of published series have one address for both languages.
        facts = import_module("macros.data").load(ROOT)
        for address, content in import_module("macros.series").files(facts).items():
            files.append(File.generated(config, address, content=content))
    return files


def _compiled_cache() -> FileSystemBytecodeCache:
    folder = ROOT / ".cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


def on_pre_build(config):
    """Keep the compiled text of pages between builds: compiling it takes as long as rendering it."""
    environment = config.plugins["macros"].env
    compile_anew, cache = environment.compile, _compiled_cache()

    def compile_once(source, name=None, filename=None, **options):
        if not isinstance(source, str) or options:
            return compile_anew(source, name, filename, **options)
        bucket = cache.get_bucket(environment, name or hashlib.sha256(source.encode()).hexdigest(), filename, source)
        if bucket.code is None:
            bucket.code = compile_anew(source, name, filename)
            cache.set_bucket(bucket)
        return bucket.code

    environment.compile = compile_once


def on_env(env, config, files):
    """Keep compiled templates between builds; what both languages share is made by the Chinese build alone."""
    env.bytecode_cache = _compiled_cache()
    if _is_child(config):
        config.theme.static_templates -= {"404.html", "offline.html", "robots.txt", "sitemap.xml"}
    return env


def on_post_build(config):
    if _is_child(config):
        return
    site = Path(config["site_dir"])
    child = load_config(
        config_file=str(ROOT / "mkdocs.en.yml"),
        site_dir=str(site / "en"),
        site_url=(config["site_url"] or "/").rstrip("/") + "/en/",
        strict=config["strict"],
    )
    child.plugins.on_startup(command=_command, dirty=False)
    try:
        build(child, serve_url=child["site_url"] if _command == "serve" else None)
    finally:
        child.plugins.on_shutdown()
    finish.run(site, ROOT, serving=_command == "serve", log=log)

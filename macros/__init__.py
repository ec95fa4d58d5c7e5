"""Macros, facts and the calculation engine of the site; mkdocs.yml names this package."""


def define_env(env):
    """Entry point of mkdocs-macros."""
    from .main import define_env as define

    define(env)


def on_pre_page_macros(env):
    """Start each page with an empty list of used facts."""
    env.clear_account.start_page()


def on_post_page_macros(env):
    """A page that uses facts must end with its sources."""
    env.clear_account.end_page()

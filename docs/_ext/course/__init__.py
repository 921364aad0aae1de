"""The book's own directives.

    listing     a part of a source file, named by symbol or by marker
    src         a role: a file of the tree; an error if it is not there
    loc         a role: how many lines these files have
    quiz        a question; each choice says why it is right or wrong
    exercise    with folded hints and a folded solution
    commands    every command, with what its --help says
    words       the kernel's command line: what the source reads is what the page explains
    errors      what a system call may answer, from the sources
    messages    the lines of the log: what the source says is what the page explains
    transcript  a session at the machine, which a test plays again
    cast        a recording of a terminal
    machine     Manul in the page, or its transcript
    api         what a header declares, with its own comments
    diagram     a hand-drawn SVG, put into the page so that it follows its colours
    graphviz    Sphinx's own, likewise put into the page
    live        a figure that runs the tree's own mm/ in the page

Every one of them is an error, with file and line, when what it names is gone. Without JavaScript
everything is there to read: choices then show their explanations.
"""
from . import api, assets, cast, diagram, errors, exercise, listing, live, machine, quiz, reference, syscalls, transcript


def setup(app):
    for part in (api, assets, cast, listing, quiz, exercise, diagram, errors, live, machine, reference, syscalls, transcript):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

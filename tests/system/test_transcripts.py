"""The sessions that the book and README.md show: typed again, the machines must say the same."""
import casts
import session
import transcripts


def test_shown_sessions_are_true(arch, log):
    """All of them, on one machine for each set of options."""
    wrong = []
    with transcripts.Player(arch, log) as player:
        for name, text in transcripts.sessions().items():
            wrong += [f"{name}: {difference}" for difference in transcripts.differences(text, arch, player)]
    assert not wrong, "\n".join(wrong) + "\n`make transcripts` writes down what the machines say now"


def test_recordings_are_true(arch, log):
    """The scripts run through, and leave the screen that the book shows; "stress" takes long, and test_stress.py looks into it."""
    for name, (_, _, _, machines) in casts.CASTS.items():
        if arch in machines and name != "stress":
            rows = casts.play(name, arch, log).terminal.rows()
            difference = session.difference(casts.still(name, arch), rows)
            assert not difference, f"{name}: {difference}; `make casts` records it anew"

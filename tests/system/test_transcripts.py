"""The sessions that the book and README.md show: typed again, the machines must say the same."""
import transcripts


def test_shown_sessions_are_true(arch, log):
    """All of them, on one machine for each set of options."""
    wrong = []
    with transcripts.Player(arch, log) as player:
        for name, text in transcripts.sessions().items():
            wrong += [f"{name}: {difference}" for difference in transcripts.differences(text, arch, player)]
    assert not wrong, "\n".join(wrong) + "\n`make transcripts` writes down what the machines say now"

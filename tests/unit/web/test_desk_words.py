"""What the desk offers to choose from is said in words."""

from __future__ import annotations

from flask import Flask

import services
from suchang.web.desk.words import choices
from suchang.web.languages import speak


def test_every_choice_has_a_word_when_a_detail_offers_it():
    app = Flask(__name__)
    speak(app)
    with app.test_request_context():
        known = choices()
    offered = {
        choice
        for service in services.load().values()
        for item in service.domain.items
        for field in service.details(item)
        for choice in field.choices
    }
    assert offered - known.keys() == set()

'use strict';
// The report's first page begins with the outcome table; a tab leads from each row of the contract to its scenarios.
(function () {
    allure.api.addTranslation('en', {
        tab: {behaviors: {name: 'Behaviours'}},
        widget: {behaviors: {name: 'Behaviours by scenario', showAll: 'show all'}}
    });
    allure.api.addTab('behaviors', {
        title: 'tab.behaviors.name', icon: 'fa fa-list',
        route: 'behaviors(/)(:testGroup)(/)(:testResult)(/)(:testResultTab)(/)',
        onEnter: function (testGroup, testResult, testResultTab) {
            return new allure.components.TreeLayout({
                testGroup: testGroup,
                testResult: testResult,
                testResultTab: testResultTab,
                tabName: 'tab.behaviors.name',
                baseUrl: 'behaviors',
                url: 'data/behaviors.json'
            });
        }
    });
    allure.api.addWidget('widgets', 'pathproof', Backbone.Marionette.View.extend({
        template: function (data) {
            return data.html;
        },
        serializeData: function () {
            return {html: this.model.get('html')};
        },
        // Over both columns of the first page, above what Allure shows there.
        onAttach: function () {
            var widget = this.$el.closest('.widget');
            widget.closest('.widgets-grid').prepend(widget);
        }
    }));
})();

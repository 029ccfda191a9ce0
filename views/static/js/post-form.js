// Carries an answer on to the system that asked (OAuth 2.0 Form Post Response Mode). Without script the page has a button.
document.querySelector('form[data-post]')?.submit();

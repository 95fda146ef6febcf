;;; relight-lsp.el --- Relight through lsp-mode  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; lsp-mode talks to several servers in one buffer: Relight runs beside Pyright or pylsp.
;;
;;     (with-eval-after-load 'lsp-mode (require 'relight-lsp))

;;; Code:

(require 'lsp-mode nil t)
(require 'relight)

(declare-function lsp-register-client "ext:lsp-mode")
(declare-function lsp-request-async "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")

(defun relight-lsp--plist (value)
  "VALUE with plists in place of hash tables, whatever lsp-mode was built to give."
  (cond ((hash-table-p value)
         (let (plist)
           (maphash (lambda (key item)
                      (setq plist (plist-put plist
                                             (if (keywordp key) key (intern (format ":%s" key)))
                                             (relight-lsp--plist item))))
                    value)
           plist))
        ((vectorp value) (mapcar #'relight-lsp--plist value))
        (t value)))

(defun relight-lsp-execute (command arguments done)
  "Have lsp-mode execute COMMAND with ARGUMENTS; then call DONE."
  (lsp-request-async "workspace/executeCommand"
                     (list :command command :arguments (vconcat arguments))
                     (lambda (answer) (when done (funcall done (relight-lsp--plist answer))))
                     :error-handler (lambda (&rest _) (message "Relight: %s was refused" command))))

(defun relight-lsp--handler (method)
  "Return a pair of METHOD and the function for its notifications."
  (cons method (lambda (_workspace message)
                 (relight-display-receive method (relight-lsp--plist message)))))

(defun relight-lsp--handlers ()
  "The hash table of notification handlers that lsp-mode wants."
  (let ((table (make-hash-table :test #'equal)))
    (dolist (method '("relight/runStart" "relight/blockStart" "relight/blockOutput"
                      "relight/blockResult" "relight/blocks" "relight/runEnd")
                    table)
      (let ((pair (relight-lsp--handler method)))
        (puthash (car pair) (cdr pair) table)))))

(defun relight-lsp--options ()
  "The settings, and whether code may be run."
  (append (list :trusted (if (relight--trusted-p (relight--root)) t :json-false))
          relight-settings))

(defun relight-lsp-register ()
  "Tell lsp-mode of the Relight server."
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () relight-command))
                    :major-modes '(python-mode python-ts-mode)
                    :add-on? t
                    :server-id 'relight
                    :initialization-options #'relight-lsp--options
                    :notification-handlers (relight-lsp--handlers))))

(when (featurep 'lsp-mode)
  (relight-lsp-register))

(provide 'relight-lsp)
;;; relight-lsp.el ends here

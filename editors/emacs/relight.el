;;; relight.el --- Plain Python files, alive while you edit them  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;; Author: The Relight developers
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: languages, tools, processes
;; URL: https://github.com/relight-lsp/relight

;;; Commentary:

;; Relight splits a Python file into blocks, runs what an edit makes stale, and shows the results
;; beside the code.  This package starts its language server through eglot and draws the results.
;;
;;     (require 'relight)
;;     (add-hook 'python-mode-hook #'relight-ensure)
;;
;; Then open a Python file and say M-x relight-live.  For lsp-mode, see relight-lsp.el.

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'relight-display)
(require 'relight-text)

(defcustom relight-command '("relight" "--stdio")
  "The command line of the language server."
  :type '(repeat string)
  :group 'relight)

(defcustom relight-trusted 'ask
  "Whether code may be run.
The symbol `ask' asks once for each project and keeps a yes in
`relight-trusted-projects'.  A function is called with the project's root."
  :type '(choice (const :tag "Ask" ask) (const :tag "Yes" t) (const :tag "No" nil) function)
  :group 'relight)

(defcustom relight-trusted-projects nil
  "Roots of projects whose code may be run."
  :type '(repeat directory)
  :group 'relight)

(defcustom relight-settings nil
  "Settings of the server, as a plist: (:live [\"notes/*.py\"] :trigger \"save\")."
  :type 'plist
  :group 'relight)

(defvar-local relight--go-live nil
  "Non-nil: go live as soon as a server is there (it was replaced).")

(defvar relight-mode)

;;;; Trust

(defun relight--root ()
  "The root of the project that this buffer belongs to."
  (let ((project (project-current)))
    (expand-file-name (if project (project-root project) default-directory))))

(defun relight--trusted-p (root)
  "Whether code in ROOT may be run, as far as that is known."
  (pcase relight-trusted
    ('ask (and (member root relight-trusted-projects) t))
    ((pred functionp) (and (funcall relight-trusted root) t))
    (_ (and relight-trusted t))))

(defun relight--trust (root)
  "Remember that code in ROOT may be run."
  (cl-pushnew root relight-trusted-projects :test #'equal)
  (let ((inhibit-message t))
    (when (or custom-file user-init-file)
      (customize-save-variable 'relight-trusted-projects relight-trusted-projects))))

;;;; The server

(defclass relight-server (eglot-lsp-server) ()
  :documentation "The Relight language server.")

(cl-defmethod eglot-initialization-options ((_server relight-server))
  "The settings, and whether code may be run."
  (append (list :trusted (if (relight--trusted-p (relight--root)) t :json-false))
          relight-settings))

(defun relight--contact (&optional _interactive)
  "What eglot needs to start the server."
  (unless (executable-find (car relight-command))
    (user-error "The program `%s' is not on the path: install Relight, or set `relight-command'"
                (car relight-command)))
  (cons 'relight-server relight-command))

(add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . relight--contact))

(cl-macrolet ((receive (method)
                `(cl-defmethod eglot-handle-notification
                   ((_server relight-server) (_method (eql ,(intern method)))
                    &rest message &key &allow-other-keys)
                   ,(format "Show what %s says." method)
                   (relight-display-receive ,method message))))
  (receive "relight/runStart")
  (receive "relight/blockStart")
  (receive "relight/blockOutput")
  (receive "relight/blockResult")
  (receive "relight/blocks")
  (receive "relight/runEnd")
  (receive "relight/fileChanged")
  (receive "relight/directoryChanged"))

(defun relight--server ()
  "The Relight server of this buffer, or nil."
  (let ((server (eglot-current-server)))
    (and server (object-of-class-p server 'relight-server) server)))

(defun relight--require-server ()
  "The Relight server of this buffer; an error when there is none."
  (or (relight--server)
      (user-error "No Relight server is attached to this buffer: M-x relight-ensure")))

(defun relight--on-managed ()
  "This buffer has a server now, or has lost it."
  (cond ((not (eglot-managed-p))
         (when relight-mode
           (setq relight--go-live (or relight--go-live relight-display-live))
           (relight-mode -1)))
        ((relight--server)
         (relight-mode 1)
         (when relight--go-live
           (setq relight--go-live nil)
           ;; The server hears of the buffer only after this hook.
           (run-at-time 0 nil #'relight--go-live-in (current-buffer))))))

(defun relight--go-live-in (buffer)
  "Make the file of BUFFER live, if it is still there."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (when (relight--server) (relight--execute "goLive")))))

(add-hook 'eglot-managed-mode-hook #'relight--on-managed)

;;;###autoload
(defun relight-ensure ()
  "Have a Relight server for this buffer."
  (interactive)
  (when buffer-file-name
    (eglot-ensure)))

;;;; Commands

(declare-function relight-lsp-execute "relight-lsp")

(defun relight--lsp-p ()
  "Whether lsp-mode takes care of this buffer, and not eglot."
  (and (bound-and-true-p lsp-managed-mode) (featurep 'relight-lsp)))

(defun relight--execute-eglot (command arguments done)
  "Have the eglot server execute COMMAND with ARGUMENTS; then call DONE."
  (let ((server (relight--require-server)))
    (jsonrpc-async-request
     server :workspace/executeCommand
     (list :command command :arguments (vconcat arguments))
     :success-fn (lambda (answer) (when done (funcall done answer)))
     :error-fn (cl-function (lambda (&key message &allow-other-keys)
                              (message "Relight: %s" message))))))

(defun relight--uri ()
  "The URI of this buffer's file."
  (if (fboundp 'eglot-path-to-uri)
      (eglot-path-to-uri buffer-file-name)
    (eglot--path-to-uri buffer-file-name)))

(defun relight--execute (name &optional arguments done)
  "Execute the command NAME with ARGUMENTS for this file, then call DONE."
  (let ((command (concat "relight." name))
        (all (cons (relight--uri) arguments)))
    (if (relight--lsp-p)
        (relight-lsp-execute command all done)
      (when (eglot-managed-p) (eglot--signal-textDocument/didChange))
      (relight--execute-eglot command all done))))

(defun relight--block ()
  "The block at point; an error when there is none."
  (or (relight-display-block-at (point))
      (user-error "There is no block at point that has been run: M-x relight-live")))

;;;###autoload
(defun relight-live ()
  "Run this file from now on, as you edit it."
  (interactive)
  (unless (or (relight--lsp-p) (relight--server)) (relight-ensure))
  (let ((root (relight--root)))
    (cond ((or (relight--trusted-p root) (not (eq relight-trusted 'ask)))
           (relight--execute "goLive"))
          ((y-or-n-p (format "Relight executes the code of files that you make live.  In %s, too? "
                             root))
           (relight--trust root)
           (if (relight--lsp-p)
               (message "Relight: M-x lsp-workspace-restart, then M-x relight-live")
             (setq relight--go-live t)
             (eglot-reconnect (relight--require-server)))))))

(defun relight-run ()
  "Run what has to run."
  (interactive)
  (relight--execute "run"))

(defun relight-run-block ()
  "Run the block at point."
  (interactive)
  (relight--execute "runBlock" (list (relight-block-id (relight--block)))))

(defun relight-run-all ()
  "Run everything in a fresh interpreter."
  (interactive)
  (relight--execute "runAll"))

(defun relight-restart ()
  "Run everything in a fresh interpreter."
  (interactive)
  (relight--execute "restart"))

(defun relight-interrupt ()
  "Interrupt the running block."
  (interactive)
  (relight--execute "interrupt"))

(defun relight-pin ()
  "Keep the preview on this file."
  (interactive)
  (relight--execute "pin"))

(defun relight-clear-cache ()
  "Forget results that were kept."
  (interactive)
  (relight--execute "clearCache"))

(defun relight-preview ()
  "Open the document in the browser."
  (interactive)
  (relight--execute "openPreview" nil
                    (lambda (answer)
                      (let ((url (if (stringp answer) answer (plist-get answer :url))))
                        (when url (browse-url url))))))

(defun relight--show-markdown (text)
  "Show TEXT, which is Markdown, in a window."
  (when (stringp text)
    (with-current-buffer (get-buffer-create "*relight*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert text)
        (goto-char (point-min))
        (if (fboundp 'gfm-view-mode) (gfm-view-mode) (special-mode)))
      (display-buffer (current-buffer)))))

(defun relight-explain ()
  "Show why the block at point ran, what it needs and what needs it."
  (interactive)
  (relight--execute "explain" (list (relight-block-id (relight--block))) #'relight--show-markdown))

(defun relight-show ()
  "Show the whole result of the block at point in a window."
  (interactive)
  (let ((lines (relight-text-lines (relight-block-outputs (relight--block)))))
    (with-current-buffer (get-buffer-create "*relight*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert (mapconcat #'identity lines "\n"))
        (goto-char (point-min))
        (special-mode))
      (display-buffer (current-buffer)))))

(defun relight-log ()
  "Show what client and server have said."
  (interactive)
  (eglot-events-buffer (relight--require-server)))

;;;; The mode

(defvar relight-command-map
  (let ((map (make-sparse-keymap)))
    (define-key map "l" #'relight-live)
    (define-key map "r" #'relight-run)
    (define-key map "b" #'relight-run-block)
    (define-key map "a" #'relight-run-all)
    (define-key map "i" #'relight-interrupt)
    (define-key map "s" #'relight-show)
    (define-key map "e" #'relight-explain)
    (define-key map "p" #'relight-preview)
    (define-key map "P" #'relight-pin)
    (define-key map "L" #'relight-log)
    map)
  "Keys of the commands, behind a prefix.")

(defvar relight-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c ;") relight-command-map)
    map)
  "Keymap of `relight-mode'.")

;;;###autoload
(define-minor-mode relight-mode
  "Show the results of this file's blocks beside the code.
It is turned on when a Relight server takes care of the buffer."
  :lighter (:eval (concat " relight:" (relight-display-summary)))
  :keymap relight-mode-map
  (relight-display-clear))

(provide 'relight)
;;; relight.el ends here
